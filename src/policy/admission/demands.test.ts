import { expect, test } from 'vitest'
import { budgetDemands } from './demands.ts'
import type { Owner } from './demands.ts'

const owner = (scope: string, period: string | undefined): Owner => ({
  scope,
  label: scope,
  limits: { budget: { maxNanoCredits: 5, softNanoCredits: undefined, period } },
})
const DAY = 86_400_000

test('budgets are the same value until the first of their periods is over, and after a clock set back', () => {
  const at = budgetDemands([owner('key:a', '1d'), owner('team:b', undefined)])
  const first = at(10 * DAY + 5)
  expect(first).toEqual([
    { scope: 'key:a', periodStartMs: 10 * DAY, maxNanoCredits: 5 },
    { scope: 'team:b', periodStartMs: 0, maxNanoCredits: 5 },
  ])
  expect(at(11 * DAY - 1)).toBe(first)
  expect(at(11 * DAY)[0]?.periodStartMs).toBe(11 * DAY)
  expect(at(10 * DAY)[0]?.periodStartMs).toBe(10 * DAY)
})

test('who has no budget is counted against none', () => {
  const at = budgetDemands([{ scope: 'key:a', label: 'a', limits: {} }])
  expect(at(1)).toEqual([])
  expect(at(1)).toBe(at(2))
})
