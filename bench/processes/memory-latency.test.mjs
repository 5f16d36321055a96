import { expect, test } from 'vitest'

import { chainThrough, memoryLatency } from './memory-latency.mjs'

test('the chain comes by every place once before it is back at the first', () => {
  const chain = chainThrough(100, 16)
  const seen = new Set()
  let at = 0
  do {
    seen.add(at)
    at = chain[at] ?? -1
  } while (at !== 0 && seen.size <= 100)
  expect(seen.size).toBe(100)
})

test('a step takes some time', () => {
  expect(memoryLatency(64 * 1024)).toBeGreaterThan(0)
})
