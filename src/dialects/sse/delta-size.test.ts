import { describe, expect, test } from 'vitest'
import { createRelayFilter as chat } from '../chat/relay.ts'
import { createRelayFilter as messages } from '../messages/relay.ts'
import { createRelayFilter as responses } from '../responses/relay.ts'
import { DeltaSize } from './delta-size.ts'
import { textLength } from './text-length.ts'

const WORDS = [
  'It',
  ' is',
  ' a',
  ' relay',
  ',',
  ' and',
  ' every',
  ' byte',
  ' of',
  ' it',
  ' counts',
  '.',
]
const TEXT = WORDS.join('').repeat(20)

let chunks = 0
/** As Copilot's: some have the filter's results, which are longer than all else, and some have not. */
const chatEvent = (content: string): string =>
  `data: ${JSON.stringify({ ...(chunks++ % 3 === 0 ? {} : { filter: 'x'.repeat(400) }), id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] })}\n\n`
const messagesEvent = (text: string): string =>
  `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })}\n\n`
const responsesEvent = (delta: string): string =>
  `event: response.output_text.delta\ndata: ${JSON.stringify({ type: 'response.output_text.delta', sequence_number: 4, item_id: 'msg_1', output_index: 0, content_index: 0, delta })}\n\n`

describe('how much of an answer has passed, without reading it', () => {
  test.each([
    ['chat', chat, chatEvent],
    ['messages', messages, messagesEvent],
    ['responses', responses, responsesEvent],
  ])('%s: about the text, however it is cut', (_name, create, event) => {
    const stream = Buffer.from(
      Array.from({ length: 20 }, () => WORDS.map((word) => event(word)).join('')).join(''),
    )
    for (const step of [1, 7, 100, 4096]) {
      const filter = create({ requestId: 'r', includeUsage: false, nowMs: 0 })
      expect(filter.answerBytes).toBe(0)
      for (let at = 0; at < stream.length; at += step) filter.push(stream.subarray(at, at + step))
      expect(filter.answerBytes).toBeGreaterThan(TEXT.length * 0.7)
      expect(filter.answerBytes).toBeLessThan(TEXT.length * 1.5)
    }
  })

  test.each([
    ['a text', '{"content":"one two"}', 7],
    ['a text with quotes', String.raw`{"arguments":"{\"path\":\"a b\"}","index":0}`, 18],
    ['a text that ends with a backslash', String.raw`{"content":"C:\\"}`, 4],
    ['no text', '{"content":null}', 0],
    ['a text that does not end', '{"content":"one', 0],
  ])('the length of %s', (_name, event, length) => {
    expect(textLength(event, event.includes('arguments') ? '"arguments":"' : '"content":"')).toBe(
      length,
    )
  })

  test('nothing came, nothing is counted', () => {
    expect(new DeltaSize().bytes).toBe(0)
  })
})
