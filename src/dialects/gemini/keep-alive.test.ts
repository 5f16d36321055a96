import { expect, test } from 'vitest'
import { streamGenerateContent } from './index.ts'

/** How `@google/genai` cuts a stream: white space may stand before `data:`, anything else breaks it. */
const EVENT = /^\s*data: (.*)(?:\n\n|\r\r|\r\n\r\n)/

test('what breaks the silence is nothing to Google’s own client', () => {
  const encoder = streamGenerateContent.createStreamEncoder({
    requestId: 'r',
    model: 'm',
    request: {},
    nowMs: 0,
  })
  const start = { type: 'answer-start', id: 'a', model: 'm', created: 0 } as const
  let rest = `${streamGenerateContent.keepAlive}${encoder.push(start)}${encoder.push({ type: 'ping' })}`
  rest += encoder.push({ type: 'text-start', index: 0 })
  rest += encoder.push({ type: 'text-delta', index: 0, text: 'hi' })
  rest += encoder.push({ type: 'ping' }) + encoder.push({ type: 'text-end', index: 0 })
  rest += encoder.push({ type: 'turn-end', reason: 'stop' }) + encoder.push({ type: 'ping' })
  const events: string[] = []
  for (let match = EVENT.exec(rest); match; match = EVENT.exec(rest)) {
    events.push(match[1] ?? '')
    rest = rest.slice(match[0].length)
  }
  expect(rest.trim()).toBe('')
  expect(events.map((text) => JSON.parse(text) as unknown)).toMatchObject([
    { candidates: [{ content: { parts: [{ text: 'hi' }] } }] },
    { candidates: [{ finishReason: 'STOP' }] },
  ])
})
