import { expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createRetryBudget } from './retry-budget.ts'

test('a single person never notices it', async () => {
  const clock = createVirtualClock()
  const budget = createRetryBudget(clock)
  for (let call = 0; call < 100; call++) {
    budget.deposit('p')
    expect(budget.withdraw('p')).toBe(true)
    expect(budget.withdraw('p')).toBe(true)
    await clock.advance(5000)
  }
})

test('an outage under load is not multiplied: 100 calls a second for an hour, each wanting two retries', async () => {
  const clock = createVirtualClock()
  const budget = createRetryBudget(clock)
  let calls = 0
  let retries = 0
  for (let second = 0; second < 3600; second++) {
    for (let call = 0; call < 100; call++) {
      calls++
      budget.deposit('p')
      for (let retry = 0; retry < 2; retry++) if (budget.withdraw('p')) retries++
    }
    await clock.advance(1000)
  }
  expect(retries / calls).toBeLessThan(0.22)
  expect(retries / calls).toBeGreaterThan(0.19)
})

test('one provider’s outage leaves the others their retries', () => {
  const budget = createRetryBudget(createVirtualClock())
  while (budget.withdraw('down'));
  expect(budget.withdraw('up')).toBe(true)
})
