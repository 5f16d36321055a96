import { asArray, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { need } from '../check.ts'
import { okOf } from '../server.ts'
import type { Reply, Server } from '../server.ts'
import {
  count,
  either,
  filled,
  list,
  needShape,
  nothing,
  object,
  some,
  text,
  word,
} from '../shape.ts'

export const REFERENCE = 'https://docs.anthropic.com/en/api/messages'
export const STREAMING = 'https://docs.anthropic.com/en/api/messages-streaming'
export const TOOLS =
  'https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use'
export const THINKING = 'https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking'
export const ERRORS = 'https://docs.anthropic.com/en/api/errors'
export const COUNT = 'https://docs.anthropic.com/en/api/messages-count-tokens'

export const STOP_REASONS = [
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
]

const MESSAGE = object({
  id: filled,
  type: word('message'),
  role: word('assistant'),
  model: filled,
  content: list(object({ type: filled })),
  stop_reason: word(...STOP_REASONS),
  stop_sequence: either(text, nothing),
  usage: object({
    input_tokens: count,
    output_tokens: some,
    'cache_creation_input_tokens?': either(count, nothing),
    'cache_read_input_tokens?': either(count, nothing),
  }),
})

export function messagesBody(server: Server, extra: JsonObject = {}): JsonObject {
  return {
    model: server.model,
    max_tokens: 1024,
    messages: [{ role: 'user', content: 'Say hello.' }],
    ...extra,
  }
}

export function post(
  server: Server,
  extra: JsonObject = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return server.ask({ path: '/messages', body: messagesBody(server, extra), headers })
}

/** A message that succeeded and has the right shape. */
export async function message(server: Server, extra: JsonObject = {}): Promise<JsonObject> {
  const answer = okOf(await post(server, extra))
  needShape(answer, MESSAGE)
  return answer
}

export function blocksOf(answer: JsonObject, type: string): JsonObject[] {
  return asArray(answer['content']).filter(
    (block): block is JsonObject => isJsonObject(block) && block['type'] === type,
  )
}

export function textOf(answer: JsonObject): string {
  return blocksOf(answer, 'text')
    .map((block) => asString(block['text']) ?? '')
    .join('')
}

export function user(content: JsonValue): JsonObject {
  return { role: 'user', content }
}

export function assistant(content: JsonValue): JsonObject {
  return { role: 'assistant', content }
}

/** `{"type":"error","error":{"type","message"}}` with a status and a type that belong together. */
export function needError(reply: Reply, status: number, type: string): void {
  need(reply.status === status, `status ${reply.status}, not ${status}`)
  const contentType = reply.headers.get('content-type') ?? 'none'
  need(contentType.startsWith('application/json'), `content-type is ${contentType}`)
  const body = JSON.parse(reply.text) as JsonValue
  needShape(
    body,
    object({ type: word('error'), error: object({ type: word(type), message: filled }) }),
  )
  need(
    asObject(asObject(body)?.['error'])?.['message'] !== type,
    'the message only repeats the type',
  )
}
