import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { delta, finish, opening, sse } from './__fixtures__/chunks.ts'
import { run } from './__fixtures__/relayed.ts'
import { TextFrame } from './text-frame.ts'

/** Of a second choice, before the first has said its role. */
const SECOND: JsonObject = { ...opening, choices: [{ index: 1, delta: { content: '' } }] }

function frameOf(event: JsonObject): TextFrame {
  const frame = new TextFrame()
  frame.keep(sse(event).toString('latin1'))
  return frame
}

function holds(frame: TextFrame, bytes: Buffer): boolean {
  // Within other bytes, as events lie in a chunk.
  const around = Buffer.from('"before"')
  const source = Buffer.concat([around, bytes, around])
  return frame.holds(source, around.length, around.length + bytes.length)
}

describe('the same around another text', () => {
  const frame = frameOf(delta({ content: 'some' }))
  test.each(['', 'other', ' grüße, 世界 🙂', 'a\\b\n\t', '{}[]:,'])('is known: %j', (content) => {
    expect(holds(frame, sse(delta({ content })))).toBe(true)
  })

  test.each([
    ['a quote in the text', delta({ content: 'say "hi"' })],
    ['a further member', delta({ content: 'some', padding: 'x' })],
    ['another further member', delta({ content: 'some', more: 'x' })],
    ['a role', delta({ role: 'assistant', content: 'some' })],
    ['no text', delta({ content: null })],
    ['an end', finish()],
    ['another id', { ...delta({ content: 'some' }), id: 'chatcmpl-other' }],
    ['another time', { ...delta({ content: 'some' }), created: 1_790_000_009 }],
  ])('is not taken for: %s', (_, event) => {
    expect(holds(frame, sse(event))).toBe(false)
  })

  test('is not taken for what has something else behind the text', () => {
    const kept = frameOf(delta({ content: 'some' }, { behind: 'a' }))
    expect(holds(kept, sse(delta({ content: 'other' }, { behind: 'a' })))).toBe(true)
    expect(holds(kept, sse(delta({ content: 'other' }, { behind: 'b' })))).toBe(false)
  })

  test('a frame is not found in what is shorter than it', () => {
    const event = sse(delta({ content: '' }))
    for (let end = 0; end < event.length; end++) {
      expect(frame.holds(event, 0, end)).toBe(false)
      expect(frame.holds(event.subarray(0, end), 0, end)).toBe(false)
    }
  })
})

test.each([
  ['no text', delta({ content: null })],
  ['text that ends in an escaped quote', delta({ content: 'say "hi"' })],
  ['the calls of tools', delta({ content: 'x', tool_calls: [{ index: 0, id: 'a' }] })],
  ['more around it than is worth keeping', delta({ content: 'x' }, { more: 'y'.repeat(1024) })],
  ['two texts', delta({ content: 'x', more: { content: 'y' } })],
])('nothing is kept of an event with %s', (_, event) => {
  expect(holds(frameOf(event), sse(event))).toBe(false)
})

test('where no frame comes twice, frames are kept no more', () => {
  const frame = new TextFrame()
  const numbered = (at: number): Buffer => sse(delta({ content: 'x' }, { at }))
  for (let at = 0; at < 8; at++) {
    frame.keep(numbered(at).toString('latin1'))
    if (at === 0) expect(holds(frame, numbered(0))).toBe(true)
  }
  // One was found again: so many more, and then none.
  frame.keep(numbered(8).toString('latin1'))
  frame.keep(numbered(9).toString('latin1'))
  expect([7, 8, 9].map((at) => holds(frame, numbered(at)))).toEqual([false, true, false])
})

test('a role is not kept as right: the first one is, and no later one', () => {
  const role = delta({ role: 'assistant', content: 'x' })
  const input = [
    SECOND,
    role,
    delta({ role: 'assistant', content: '', padding: 'p' }),
    role,
    finish(),
    '[DONE]',
  ]
  const roles = run(input.map((each) => sse(each))).text.match(/"role":/g)
  const looked = run(
    input.map((each) => Buffer.from(sse(each).toString().replace('"x"', '"\\"x"'))),
  ).text.match(/"role":/g)
  expect(roles).toEqual(looked)
})

test('whatever chunks follow each other, the answer is that of a filter which looks through each', () => {
  const around = fc.constantFrom<(content: string) => JsonObject>(
    (content) => delta({ content }),
    (content) => delta({ content, padding: 'xx' }),
    (content) => delta({ role: 'assistant', content }),
    (content) => delta({ content, reasoning_text: 'hm' }),
    (content) => without('object', delta({ content })),
    (content) => without('created', delta({ content })),
    (content) => ({ ...delta({ content }), model: 'another' }),
    (content) => ({ ...delta({ content }), error: { message: 'no' } }),
  )
  const chunks = fc.array(fc.tuple(around, fc.string({ unit: 'grapheme' })), { maxLength: 12 })
  fc.assert(
    fc.property(fc.constantFrom(opening, SECOND), chunks, (first, some) => {
      const answer = (mark: string): string =>
        run(
          [first, ...some.map(([make, text]) => make(mark + text)), finish(), '[DONE]'].map(
            (each) => sse(each),
          ),
        ).text
      // With a quote before it no text is taken on its frame alone.
      expect(answer('')).toBe(answer('"').replaceAll('"content":"\\"', '"content":"'))
    }),
  )
})

function without(name: string, event: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(event).filter(([key]) => key !== name))
}
