import type { JsonObject } from '../../../core/json.ts'

export function chunk(choice: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    id: 'chatcmpl-X',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'gpt-4.1-2025-04-14',
    choices: [{ index: 0, ...choice }],
    ...more,
  }
}

export const delta = (value: JsonObject, more: JsonObject = {}): JsonObject =>
  chunk({ delta: value, finish_reason: null }, more)
export const finish = (reason = 'stop', more: JsonObject = {}): JsonObject =>
  chunk({ delta: {}, finish_reason: reason }, more)

export const call = (index: number, id: string | undefined, text: string): JsonObject =>
  delta({
    content: null,
    tool_calls: [
      {
        ...(id === undefined ? {} : { id, type: 'function' }),
        index,
        function: { ...(id === undefined ? {} : { name: `f_${id}` }), arguments: text },
      },
    ],
  })

export function sse(...events: (JsonObject | string)[]): Buffer {
  return Buffer.from(
    events
      .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
      .join(''),
  )
}

export const healthy = [
  delta({ role: 'assistant', content: '' }),
  delta({ content: 'Hi "padding" ü€😀' }),
  delta({ content: '{"object":"x","error":1}' }),
  finish(),
  '[DONE]',
]

export const opening = delta({ role: 'assistant', content: 'a' })
