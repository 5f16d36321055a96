import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import { streamChunkBuilder } from './chunk-builder.ts'
import type { ChatAnswerMessage, ChatCompletionChunk } from './types/chat.ts'

function build(...deltas: readonly JsonObject[]): ChatAnswerMessage | undefined {
  const chunks = deltas.map((delta, at) => ({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 7,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: at === deltas.length - 1 ? 'tool_calls' : null }],
  }))
  return streamChunkBuilder(chunks as unknown as ChatCompletionChunk[]).choices[0]?.message
}

test('a custom call is put together as one', () => {
  const first = {
    index: 0,
    id: 'call_1',
    type: 'custom',
    custom: { name: 'apply_patch', input: '' },
  }
  const message = build(
    { tool_calls: [first] },
    { tool_calls: [{ index: 0, custom: { input: '*** Begin' } }] },
    {},
  )
  expect(message?.tool_calls).toEqual([
    { id: 'call_1', type: 'custom', custom: { name: 'apply_patch', input: '*** Begin' } },
  ])
})

test('a call of the time before tools is put together', () => {
  const message = build(
    { function_call: { name: 'f', arguments: '' } },
    { function_call: { arguments: '{}' } },
  )
  expect(message?.function_call).toEqual({ name: 'f', arguments: '{}' })
})

test('what an answer cites is kept', () => {
  const place = { url: 'u', title: 't', start_index: 0, end_index: 1 }
  const note = { type: 'url_citation', url_citation: place }
  expect(build({ content: 'a' }, { annotations: [note] })?.annotations).toEqual([note])
})
