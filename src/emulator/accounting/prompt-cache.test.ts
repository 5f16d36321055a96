import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countPieces, pieces } from './count-tokens.ts'
import { countSegments, createPromptCache } from './prompt-cache.ts'

const text = (tokens: number, letter = 'x'): { text: string } => ({
  text: letter.repeat(tokens * 4),
})

test('a prefix below the minimum is not cached', () => {
  const cache = createPromptCache(() => 1024)
  cache.read('a', [text(1000)], 'prefix')
  expect(cache.read('a', [text(1000), text(10)], 'prefix').cacheRead).toBe(0)
})

test('a prefix is cached in steps of 128, for its own account and model', () => {
  const cache = createPromptCache(() => 1024)
  cache.read('a', [text(1100), text(5, 'y')], 'prefix')
  expect(cache.read('a', [text(1100), text(6, 'z')], 'prefix')).toEqual({
    promptTokens: 1106,
    cacheRead: 1024,
    cacheWrite: 0,
  })
  expect(cache.read('b', [text(1100)], 'prefix').cacheRead).toBe(0)
})

test('the whole prompt is never read from the cache', () => {
  const cache = createPromptCache(() => 1)
  cache.read('a', [text(50)], 'prefix')
  expect(cache.read('a', [text(50)], 'prefix').cacheRead).toBe(49)
})

test('with marks a longer prompt writes only what is new', () => {
  const cache = createPromptCache(() => 1)
  const first = [{ ...text(100), mark: true }, text(5, 'a')]
  expect(cache.read('a', first, 'marks')).toMatchObject({ cacheRead: 0, cacheWrite: 100 })
  const second = [{ ...text(100), mark: true }, text(5, 'a'), { ...text(20, 'b'), mark: true }]
  expect(cache.read('a', second, 'marks')).toMatchObject({ cacheRead: 100, cacheWrite: 25 })
  const third = [text(100), text(5, 'a'), text(20, 'b'), { ...text(7, 'c'), mark: true }]
  expect(cache.read('a', third, 'marks')).toMatchObject({ cacheRead: 125, cacheWrite: 7 })
})

test('without a mark nothing is cached', () => {
  const cache = createPromptCache(() => 1)
  for (let at = 0; at < 2; at++) {
    expect(cache.read('a', [text(100)], 'marks')).toMatchObject({ cacheRead: 0, cacheWrite: 0 })
  }
})

test('what is counted is the sum of what is read, whatever is cached', () => {
  const segment = fc.record({ text: fc.string(), mark: fc.boolean(), extraTokens: fc.nat(9) })
  fc.assert(
    fc.property(
      fc.array(fc.array(segment)),
      fc.constantFrom('marks', 'prefix'),
      (prompts, manner) => {
        const cache = createPromptCache(() => 1)
        for (const segments of prompts) {
          const read = cache.read('a', segments, manner)
          expect(read.promptTokens).toBe(countSegments(segments))
          expect(read.cacheRead + read.cacheWrite).toBeLessThanOrEqual(read.promptTokens)
        }
      },
    ),
  )
})

test('the pieces of any text join to that text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (given) => {
      expect(pieces(given).join('')).toBe(given)
      expect(countPieces(given)).toBe(pieces(given).length)
    }),
  )
})
