import { BadRequestError, type JetwayError } from '../../core/errors.ts'
import { asString, isJsonObject, type JsonObject, tryParseJson } from '../../core/json.ts'
import { openAiErrorBody } from '../chat/errors.ts'
import { createEventReader, type EventReader } from '../sse/read-event.ts'

/**
 * The WebSocket form of this wire: one JSON text a frame, the same event objects as in the stream
 * (https://platform.openai.com/docs/guides/websocket-mode).
 */
export interface ClientFrame {
  /** The body of the request as it would be posted, streaming. */
  readonly body: JsonObject
  /** `false`: a warm-up that must not generate. */
  readonly generate: boolean
}

/** Reads `{"type": "response.create", …}`. */
export function decodeClientFrame(text: string): ClientFrame {
  const frame = tryParseJson(text)
  if (!isJsonObject(frame)) {
    throw new BadRequestError('A frame must be one JSON object.', { code: 'invalid_frame' })
  }
  return readClientFrame(frame)
}

/** The same for a frame that is parsed already. */
export function readClientFrame(frame: JsonObject): ClientFrame {
  const { type, generate, ...body } = frame
  if (type !== 'response.create') {
    throw new BadRequestError('`type` must be "response.create".', {
      code: 'invalid_frame',
      param: 'type',
    })
  }
  return { body: { ...body, stream: true }, generate: generate !== false }
}

/** The frame that asks an upstream: the body without what a socket has no use for. */
export function encodeClientFrame(body: JsonObject, extra: JsonObject = {}): string {
  const { stream: _, stream_options: __, ...rest } = body
  return JSON.stringify({ type: 'response.create', ...rest, ...extra })
}

/** Bytes of the stream in, frames out. */
export function createFrameReader(
  onFrame: (text: string) => void,
  maxEventBytes?: number,
): EventReader {
  return createEventReader((_, data) => {
    if (data !== '[DONE]') onFrame(data)
  }, maxEventBytes)
}

/** A frame as an event of the stream; a frame that is no event object stays one that its reader refuses. */
export function eventFromFrame(text: string): string {
  const frame = tryParseJson(text)
  const type = isJsonObject(frame) ? asString(frame['type']) : undefined
  const data = text.replace(/\r?\n/g, ' ')
  return type === undefined || /[\r\n]/.test(type)
    ? `data: ${data}\n\n`
    : `event: ${type}\ndata: ${data}\n\n`
}

/** A refusal before any event: what stands in for the HTTP status and its headers. */
export function errorFrame(
  error: JetwayError,
  headers: Readonly<Record<string, string>> = {},
): string {
  const { status } = error
  const extra = Object.keys(headers).length > 0 ? { headers } : {}
  return JSON.stringify({ type: 'error', status, ...openAiErrorBody(error), ...extra })
}
