import { expect, test } from 'vitest'
import { createMemoryLimits } from './memory.ts'

const NOW = 1_790_000_000_000
const demands = [{ scope: 'key:a', requestsPerMinute: 2 }]

function house() {
  const limits = createMemoryLimits()
  let calls = 0
  return (nowMs: number) =>
    limits.take({ callId: `c${calls++}`, demands, tokens: 0, nowMs, deadlineMs: nowMs + 600_000 })
}

test('a limit holds also after the clock was set back', async () => {
  const take = house()
  await take(NOW)
  let allowed = 0
  for (let call = 0; call < 10; call++) {
    if ((await take(NOW - 300_000)).refusal === undefined) allowed++
  }
  expect(allowed).toBe(2)
})

test('a limit that was reached before the clock was set back does not refuse until it has caught up', async () => {
  const take = house()
  await take(NOW)
  await take(NOW)
  expect(await take(NOW - 3_600_000 + 65_000)).toMatchObject({ refusal: undefined })
})
