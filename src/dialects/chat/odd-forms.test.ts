import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { messages } from '../messages/index.ts'
import { chatWire } from './index.ts'

const chunk = (delta: JsonObject, reason: string | null = null, more: JsonObject = {}) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 7,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: reason }],
  ...more,
})
const streamOf = (...events: readonly (string | JsonObject)[]): Buffer =>
  Buffer.from(
    events
      .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
      .join(''),
  )

test('a price in a chunk of its own leaves the counts as they are', () => {
  const stream = streamOf(
    chunk({ role: 'assistant', content: 'Hi' }),
    chunk({}, 'stop', { usage: { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 } }),
    { id: 'c', created: 7, model: 'm', choices: [], copilot_usage: { total_nano_aiu: 5 } },
    '[DONE]',
  )
  const options = { requestId: 'r', includeUsage: true, nowMs: 1000 }
  const parts: Part[] = []
  const decoder = chatWire.createStreamDecoder((part) => parts.push(part), options)
  decoder.push(stream)
  decoder.end()
  const relay = chatWire.createRelayFilter(options)
  relay.push(stream)
  relay.end()
  const usage = { inputTokens: 10, outputTokens: 3, nanoCredits: 5 }
  expect(relay.usage).toMatchObject(usage)
  expect(parts.find((part) => part.type === 'usage')).toMatchObject({ usage })
})

test('an empty refusal is none', () => {
  const message = { role: 'assistant', content: 'Hi', refusal: '' }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  const answer = chatWire.decodeAnswer({ id: 'c', model: 'm', created: 7, choices })
  const context = { requestId: 'r', model: 'm', request: {}, nowMs: 0 }
  expect(messages.encodeAnswer(answer, context)['stop_reason']).toBe('end_turn')
})

test('a call without arguments comes back to its model as an empty object', () => {
  const call = (text: string) => ({
    id: 'c1',
    type: 'function',
    function: { name: 'now', arguments: text },
  })
  const asked = [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: null, tool_calls: [call('')] },
    { role: 'tool', tool_call_id: 'c1', content: '12:00' },
  ]
  const [repair] = chatWire.repairRequest?.({ messages: asked }) ?? []
  expect(repair?.value).toEqual([asked[0], { ...asked[1], tool_calls: [call('{}')] }, asked[2]])
})
