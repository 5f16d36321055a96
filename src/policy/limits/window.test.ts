import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BUCKET_MS, BUCKETS } from './limit-store.ts'
import { Window } from './window.ts'

const step = fc.record({
  passesMs: fc.integer({ min: 0, max: 90_000 }),
  agoMs: fc.integer({ min: 0, max: 90_000 }),
  amount: fc.integer({ min: -50, max: 100 }),
})

test('counts what a list of all that happened counts', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const window = new Window()
      const buckets = new Map<number, number>()
      let nowMs = 1_700_000_000_000
      for (const { passesMs, agoMs, amount } of steps) {
        nowMs += passesMs
        window.turn(nowMs)
        window.change(nowMs - agoMs, amount)
        const bucket = Math.floor((nowMs - agoMs) / BUCKET_MS)
        const newest = Math.floor(nowMs / BUCKET_MS)
        if (bucket >= newest - BUCKETS) {
          buckets.set(bucket, Math.max(0, (buckets.get(bucket) ?? 0) + amount))
        }
        const inside = [...buckets].filter(([at]) => at >= newest - BUCKETS)
        expect(window.sum).toBe(inside.reduce((sum, [, value]) => sum + value, 0))
      }
    }),
  )
})

test('says when enough will have left', () => {
  const window = new Window()
  const start = 1_700_000_000_000
  window.turn(start)
  window.change(start, 3)
  window.turn(start + 2 * BUCKET_MS)
  window.change(start + 2 * BUCKET_MS, 5)
  const now = start + 2 * BUCKET_MS
  expect(window.freeIn(0, now)).toBe(0)
  expect(window.freeIn(3, now)).toBe((BUCKETS - 1) * BUCKET_MS)
  expect(window.freeIn(4, now)).toBe((BUCKETS + 1) * BUCKET_MS)
  window.turn(start + (BUCKETS + 1) * BUCKET_MS)
  expect(window.sum).toBe(5)
})
