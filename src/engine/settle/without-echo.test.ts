import { expect, test } from 'vitest'
import { withoutEcho } from './without-echo.ts'

const request = Buffer.from(
  JSON.stringify({
    model: 'text-embedding-3-small',
    messages: [
      { role: 'user', content: 'My secret plan is to open a bakery.\nIn "Paris", of course.' },
    ],
  }),
)

test.each([
  ['bad: My secret plan is to open a bakery. (line 1)', 'bad: … (line 1)'],
  ['My secret plan is to open a bakery.\nIn "Paris", of course.', '…\nIn "Paris", of course.'],
  ['invalid value "My secret plan is to open a bakery."', 'invalid value "…"'],
  ['the model said no', 'the model said no'],
  ['text-embedding-3-small does not take this', 'text-embedding-3-small does not take this'],
  ['secret plan', 'secret plan'],
  ['', ''],
])('%j is kept as %j', (message, kept) => {
  expect(withoutEcho(message, request, ['text-embedding-3-small'])).toBe(kept)
})

test('a message is cut, and a long request is searched at both ends', () => {
  const filler = 'x'.repeat(2_000_000)
  const long = Buffer.from(`the very first words of it ${filler} the very last words of it`)
  expect(withoutEcho('no: the very first words of it', long)).toBe('no: …')
  expect(withoutEcho('no: the very last words of it', long)).toBe('no:…')
  expect(withoutEcho('word '.repeat(1_000), request)).toHaveLength(501)
  expect(withoutEcho('word '.repeat(1_000), Buffer.alloc(0))).toHaveLength(501)
})
