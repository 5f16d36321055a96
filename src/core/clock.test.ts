import { describe, expect, test } from 'vitest'
import { systemClock, wait } from './clock.ts'
import { createSeededRandom } from './random.ts'
import { createVirtualClock } from './virtual-clock.ts'

describe('virtual clock', () => {
  test('fires what is due in order, also timers set by timers', async () => {
    const clock = createVirtualClock(0)
    const seen: string[] = []
    clock.setTimer(20, () => seen.push(`b@${clock.now()}`))
    clock.setTimer(10, () => {
      seen.push(`a@${clock.now()}`)
      clock.setTimer(5, () => seen.push(`c@${clock.now()}`))
    })
    clock.setTimer(20, () => seen.push('b2'))
    const cancel = clock.setTimer(12, () => seen.push('never'))
    cancel()
    await clock.advance(20)
    expect(seen).toEqual(['a@10', 'c@15', 'b@20', 'b2'])
    expect(clock.pending).toBe(0)
  })

  test('the wall clock can jump without the timers', async () => {
    const clock = createVirtualClock(1000)
    let fired = false
    clock.setTimer(10, () => (fired = true))
    clock.jump(-500)
    expect(clock.now()).toBe(500)
    expect(clock.monotonic()).toBe(0)
    await clock.advance(9)
    expect(fired).toBe(false)
    await clock.advance(1)
    expect(fired).toBe(true)
  })
})

describe('wait', () => {
  test('ends with the time or with the signal, and leaves no timer behind', async () => {
    const clock = createVirtualClock()
    const done = wait(clock, 1000)
    await clock.advance(1000)
    await expect(done).resolves.toBeUndefined()

    const controller = new AbortController()
    const aborted = wait(clock, 1000, controller.signal)
    const reason = new Error('client gone')
    controller.abort(reason)
    await expect(aborted).rejects.toBe(reason)
    await expect(wait(clock, 1, controller.signal)).rejects.toBe(reason)
    expect(clock.pending).toBe(0)
  })

  test('works on real time', async () => {
    await expect(wait(systemClock, 0)).resolves.toBeUndefined()
  })
})

test('a seeded random repeats, and fills the range evenly', () => {
  const first = createSeededRandom(7)
  const again = createSeededRandom(7)
  const numbers = Array.from({ length: 10_000 }, first)
  expect(Array.from({ length: 10_000 }, again)).toEqual(numbers)
  const buckets = Array.from({ length: 10 }, () => 0)
  for (const number of numbers) buckets[Math.floor(number * 10)]! += 1
  for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150)
})
