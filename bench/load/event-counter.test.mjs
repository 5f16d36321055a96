import { expect, test } from 'vitest'

import { streamedAnswer } from '../upstream/answers.mjs'
import { createEventCounter } from './event-counter.mjs'

/** @param {readonly Buffer[]} pieces */
function count(pieces) {
  const counter = createEventCounter()
  for (const piece of pieces) counter.push(piece)
  return counter
}

for (const wire of /** @type {const} */ (['chat', 'responses', 'messages'])) {
  const { opening, chunks, closing } = streamedAnswer(wire, 3, 'clean')
  const text = Buffer.from(opening + chunks.join('') + closing)
  const whole = count([text])

  test(`${wire}: the same count and end wherever the reads cut the stream`, () => {
    expect(whole.events).toBe(text.toString().split('\n\n').length - 1)
    expect(whole.endedWell(wire)).toBe(true)
    for (let at = 0; at <= text.length; at += 1) {
      const cut = count([text.subarray(0, at), text.subarray(at)])
      expect(cut.events).toBe(whole.events)
      expect(cut.endedWell(wire)).toBe(true)
      expect(cut.tail()).toBe(whole.tail())
    }
    const bytes = Array.from(text, (byte) => Buffer.from([byte]))
    expect(count(bytes).events).toBe(whole.events)
  })

  test(`${wire}: a stream without its last event has not ended well`, () => {
    const cutShort = Buffer.from(opening + chunks.join(''))
    expect(count([cutShort]).endedWell(wire)).toBe(false)
  })
}

test('carriage returns and runs of blank lines make no events of their own', () => {
  expect(count([Buffer.from('data: 1\r\n\r\n\r\n\n\ndata: 2\r\n\r\ndata: 3\n')]).events).toBe(2)
})

test('says how many events each read completed', () => {
  const counter = createEventCounter()
  expect(counter.push(Buffer.from('data: 1\n\nda'))).toBe(1)
  expect(counter.push(Buffer.from('ta: 2\n'))).toBe(0)
  expect(counter.push(Buffer.from('\ndata: 3\n\n'))).toBe(2)
})
