import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Call, Caller, RequestBody, TraceHeaders } from '../../core/call.ts'
import type { CancelSignal } from '../../core/cancel-signal.ts'
import type { Dialect, RequestPath } from '../../core/dialect.ts'
import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { spliceJson } from '../../core/splice.ts'
import { callHeaders } from './call-headers.ts'
import { readCallOptions } from './call-options.ts'
import { parseBody } from './parse-body.ts'
import { sessionHeader } from './session-header.ts'

export interface CallParts {
  readonly id: string
  readonly request: IncomingMessage
  readonly bytes: Buffer
  readonly dialect: Dialect
  /** For dialects that keep model or streaming in the path. */
  readonly path?: RequestPath | undefined
  readonly caller: Caller
  readonly signal: CancelSignal
  readonly receivedAt: number
}

/** One HTTP request as a call. Throws a `BadRequestError`. */
export function makeCall(parts: CallParts): Call {
  const { request, dialect, path } = parts
  const json = parseBody(parts.bytes)
  const { options, ownFields } = readCallOptions(request.headers, json, dialect.name)
  return {
    id: parts.id,
    operation: dialect.operation,
    dialect: dialect.id,
    ...modelAndStream(dialect, json, path),
    path,
    headers: callHeaders(request.headers),
    body: withoutFields({ bytes: parts.bytes, json }, ownFields),
    caller: parts.caller,
    options,
    signal: parts.signal,
    receivedAt: parts.receivedAt,
    trace: traceHeaders(request.headers),
    session: sessionHeader(request.headers),
  }
}

/** Two lists of values are no trace: then the caller has none. */
function traceHeaders({ traceparent, tracestate }: IncomingHttpHeaders): TraceHeaders | undefined {
  if (typeof traceparent !== 'string') return undefined
  return { traceparent, tracestate: typeof tracestate === 'string' ? tracestate : undefined }
}

/** Dialects with a path know best; the others all write `model` and `stream`, which are read without looking further. */
function modelAndStream(
  dialect: Dialect,
  body: JsonObject,
  path: RequestPath | undefined,
): { readonly model: string; readonly stream: boolean } {
  if (dialect.name === 'gemini' || dialect.name === 'ollama') {
    const { model, stream } = dialect.readFacts(body, path ?? NO_PATH)
    return { model, stream }
  }
  const { model, stream } = body
  if (model !== undefined && model !== null && typeof model !== 'string') {
    throw new BadRequestError('model must be text, as "gpt-4o"', {
      param: 'model',
      code: 'invalid_type',
    })
  }
  return { model: model ?? '', stream: stream === true && dialect.operation === 'generate' }
}

const NO_PATH: RequestPath = { params: {}, query: new Map() }

function withoutFields(body: RequestBody, fields: readonly string[]): RequestBody {
  if (fields.length === 0) return body
  const taken = new Set(fields)
  return {
    bytes: spliceJson(body.bytes, new Map(fields.map((field) => [field, undefined]))),
    json: Object.fromEntries(Object.entries(body.json).filter(([name]) => !taken.has(name))),
  }
}
