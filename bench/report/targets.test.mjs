import { expect, test } from 'vitest'

import { TARGETS, verdictOn } from './targets.mjs'

const most = { title: '', unit: '', sense: /** @type {const} */ ('at most'), limit: 6, goal: 5 }
const least = { title: '', unit: '', sense: /** @type {const} */ ('at least'), goal: 12 }

test.each([
  [most, 4.9, 'yes'],
  [most, 5, 'yes'],
  [most, 5.5, 'limit only'],
  [most, 6, 'limit only'],
  [most, 6.01, 'no'],
  [most, undefined, 'not measured'],
  [least, 12, 'yes'],
  [least, 11.9, 'no'],
])('%j with %d: %s', (target, reached, expected) => {
  expect(verdictOn({ ...target, reached: () => reached }, reached)).toBe(expected)
})

test('a limit never asks for more than the goal does', () => {
  for (const { sense, limit, goal } of TARGETS) {
    if (limit === undefined) continue
    if (sense === 'at most') expect(limit).toBeGreaterThanOrEqual(goal)
    else expect(limit).toBeLessThanOrEqual(goal)
  }
})
