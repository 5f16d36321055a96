import { describe, expect, test } from 'vitest'

import { streamedText, wholeText } from '../rows/ask.mjs'
import { ANSWER_BYTES, EVENT_BYTES, streamedAnswer, wholeAnswer } from './answers.mjs'

const CHUNKS = 200

for (const wire of /** @type {const} */ (['chat', 'responses', 'messages'])) {
  describe(wire, () => {
    for (const flavour of /** @type {const} */ (['clean', 'quirky'])) {
      test(`${flavour}: every event is JSON, and the chunks are of one length and hold the text`, () => {
        const { opening, chunks, closing, text } = streamedAnswer(wire, CHUNKS, flavour)
        expect(chunks).toHaveLength(CHUNKS)
        expect(new Set(chunks.map((chunk) => Buffer.byteLength(chunk)))).toEqual(
          new Set([EVENT_BYTES]),
        )
        expect(new Set(chunks).size).toBe(CHUNKS)
        expect(streamedText(wire, opening + chunks.join('') + closing)).toBe(text)
      })

      test(`${flavour}: the whole answer holds its text`, () => {
        const { body, text } = wholeAnswer(wire, flavour)
        expect(wholeText(wire, body)).toBe(text)
        expect(text.length).toBeGreaterThan(100)
      })
    }
  })
}

test('a whole chat answer has the length that the table speaks of', () => {
  expect(Buffer.byteLength(wholeAnswer('chat', 'clean').body)).toBe(ANSWER_BYTES)
})

test('only the quirky flavour needs repair', () => {
  const clean = JSON.parse(wholeAnswer('chat', 'clean').body)
  const quirky = JSON.parse(wholeAnswer('chat', 'quirky').body)
  expect(clean).toMatchObject({ object: 'chat.completion', created: expect.any(Number) })
  expect(quirky).not.toHaveProperty('object')
  expect(quirky).not.toHaveProperty('created')
  expect(quirky.choices[0].message).toHaveProperty('padding')
  expect(streamedAnswer('chat', 1, 'clean').opening).not.toContain('"choices":[]')
  expect(streamedAnswer('chat', 1, 'quirky').opening).toContain('"choices":[]')
})
