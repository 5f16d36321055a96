import { expect, test } from 'vitest'

import { createPacer } from './pacer.mjs'

/** @param {number} periodMs @param {number} streams */
function paced(periodMs, streams) {
  const pacer = createPacer(periodMs)
  const steps = Array.from({ length: streams }, () => 0)
  const leave = steps.map((_, at) =>
    pacer.add(() => {
      steps[at] = (steps[at] ?? 0) + 1
      return true
    }),
  )
  return { pacer, steps, leave }
}

test('in each period every stream takes one step', () => {
  const { pacer, steps } = paced(5, 7)
  for (let ms = 0; ms < 15; ms += 1) pacer.advance(1)
  expect(steps).toEqual([3, 3, 3, 3, 3, 3, 3])
})

test('the streams are spread over the period', () => {
  const { pacer, steps } = paced(5, 5)
  const moved = []
  for (let ms = 0; ms < 5; ms += 1) {
    const before = steps.reduce((sum, count) => sum + count, 0)
    pacer.advance(1)
    moved.push(steps.reduce((sum, count) => sum + count, 0) - before)
  }
  expect(moved).toEqual([1, 1, 1, 1, 1])
})

test('time that was lost is not made up for: one step at a time', () => {
  const { pacer, steps } = paced(5, 3)
  pacer.advance(500)
  expect(steps).toEqual([1, 1, 1])
})

test('a stream that is done, or has left, takes no further step', () => {
  const { pacer, steps, leave } = paced(2, 2)
  let left = 2
  pacer.add(() => {
    left -= 1
    return left > 0
  })
  expect(pacer.size).toBe(3)
  leave[0]?.()
  for (let ms = 0; ms < 10; ms += 1) pacer.advance(1)
  expect({ steps, left, size: pacer.size }).toEqual({ steps: [0, 5], left: 0, size: 1 })
  leave[0]?.()
  expect(pacer.size).toBe(1)
})
