import { BadGatewayError } from '../core/errors.ts'
import { isJsonObject, tryParseJson } from '../core/json.ts'
import type { JsonObject } from '../core/json.ts'
import type { StreamKind } from './answer-stream.ts'
import { streamChunkBuilder } from './chunk-builder.ts'
import { foldMessage } from './fold-message.ts'
import { foldResponse, withOutputText } from './fold-response.ts'
import { errorFromEvent } from './stream-error.ts'
import type { ChatCompletion, ChatCompletionChunk } from './types/chat.ts'
import type { MessageAnswer, MessageEvent } from './types/messages.ts'
import type { ResponsesAnswer, ResponsesEvent } from './types/responses.ts'

export const chatStream: StreamKind<ChatCompletionChunk, ChatCompletion> = {
  readChunk(data) {
    if (data === '[DONE]') return undefined
    const event = parseEvent(data)
    if (event['error'] !== undefined && event['error'] !== null) throw errorFromEvent(event)
    return event as unknown as ChatCompletionChunk
  },
  textOf: (chunk) => chunk.choices[0]?.delta.content ?? '',
  fold: streamChunkBuilder,
}

export const responsesStream: StreamKind<ResponsesEvent, ResponsesAnswer> = {
  readChunk(data) {
    if (data === '[DONE]') return undefined
    const event = parseEvent(data)
    if (event['type'] === 'error') throw errorFromEvent(event)
    const typed = event as unknown as ResponsesEvent
    if ('response' in typed) withOutputText(typed.response)
    return typed
  },
  textOf: (event) => (event.type === 'response.output_text.delta' ? event.delta : ''),
  fold: foldResponse,
}

export const messagesStream: StreamKind<MessageEvent, MessageAnswer> = {
  readChunk(data) {
    const event = parseEvent(data)
    if (event['type'] === 'error') throw errorFromEvent(event)
    return event as unknown as MessageEvent
  },
  textOf: (event) =>
    event.type === 'content_block_delta' && event.delta.type === 'text_delta'
      ? event.delta.text
      : '',
  fold: foldMessage,
}

function parseEvent(data: string): JsonObject {
  const parsed = tryParseJson(data)
  if (!isJsonObject(parsed)) throw new BadGatewayError('an event of the stream is not JSON')
  return parsed
}
