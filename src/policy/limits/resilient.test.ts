import { expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createMemoryLimits } from './memory.ts'
import { createResilientLimits } from './resilient.ts'

const NOW = 1_790_000_000_000

test('counts alone at a safe share while the shared store is away, and goes back to it', async () => {
  const memory = createMemoryLimits()
  let away = false
  const changes: boolean[] = []
  const clock = createVirtualClock(NOW)
  let asked = 0
  const limits = createResilientLimits({
    clock,
    shared: {
      take: (request) => {
        asked++
        return away ? Promise.reject(new Error('away')) : memory.take(request)
      },
      settle: (settlement) =>
        away ? Promise.reject(new Error('away')) : memory.settle(settlement),
    },
    local: createMemoryLimits(),
    replicas: () => 3,
    onChange: (now) => changes.push(now),
  })
  const demands = [{ scope: 'key:a', requestsPerMinute: 10, parallel: 2 }]
  const take = (callId: string) =>
    limits.take({ callId, demands, tokens: 0, nowMs: NOW, deadlineMs: NOW + 1000 })
  const settle = (callId: string) =>
    limits.settle({ callId, demands, estimatedTokens: 0, tokens: 0, takenAtMs: NOW, nowMs: NOW })

  expect((await take('one')).left[0]?.remaining).toBe(9)
  await settle('one')
  away = true
  // A third of ten is three, a third of two is not zero but one.
  for (const id of ['a', 'b', 'c']) {
    expect((await take(id)).refusal).toBeUndefined()
    expect((await take(`${id}-too`)).refusal).toMatchObject({
      kind: id === 'c' ? 'requests' : 'parallel',
    })
    await settle(id)
  }
  expect((await take('d')).refusal).toMatchObject({ kind: 'requests', limit: 3 })
  expect(asked).toBe(2)
  away = false
  expect((await take('early')).refusal).toMatchObject({ kind: 'requests', limit: 3 })
  await clock.advance(250)
  expect((await take('two')).left[0]?.remaining).toBe(8)
  expect(changes).toEqual([true, false])
})
