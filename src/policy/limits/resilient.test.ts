import { expect, test } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../core/virtual-clock.ts'
import type { LimitStore } from './limit-store.ts'
import { createMemoryLimits } from './memory.ts'
import { createResilientLimits } from './resilient.ts'

const NOW = 1_790_000_000_000

interface House {
  readonly limits: LimitStore
  readonly clock: VirtualClock
  readonly changes: boolean[]
  /** Without its memory, as a server that was killed. */
  comeBack(): void
  away: boolean
  asked: number
}

function house(): House {
  const clock = createVirtualClock(NOW)
  const changes: boolean[] = []
  let memory = createMemoryLimits()
  const state: House = {
    clock,
    changes,
    away: false,
    asked: 0,
    comeBack() {
      memory = createMemoryLimits()
      state.away = false
    },
    limits: createResilientLimits({
      clock,
      shared: {
        take: (request) => {
          state.asked++
          return state.away ? Promise.reject(new Error('away')) : memory.take(request)
        },
        settle: (settlement) =>
          state.away ? Promise.reject(new Error('away')) : memory.settle(settlement),
      },
      local: createMemoryLimits(),
      replicas: () => 3,
      onChange: (now) => changes.push(now),
    }),
  }
  return state
}

const demands = [{ scope: 'key:a', requestsPerMinute: 12, parallel: 3 }]

function take({ limits, clock }: House, callId: string) {
  const nowMs = clock.now()
  return limits.take({ callId, demands, tokens: 0, nowMs, deadlineMs: nowMs + 600_000 })
}
function settle({ limits, clock }: House, callId: string) {
  const nowMs = clock.now()
  const tokens = { estimatedTokens: 0, tokens: 0, takenAtMs: nowMs, nowMs }
  return limits.settle({ callId, demands, ...tokens })
}

test('counts alone at a safe share while the shared store is away, with what was used before', async () => {
  const here = house()
  expect((await take(here, 'one')).left[0]?.remaining).toBe(11)
  await settle(here, 'one')
  here.away = true
  // A third of twelve is four, of which one is used; a third of three parallel calls is one.
  for (const id of ['a', 'b', 'c']) {
    expect((await take(here, id)).refusal).toBeUndefined()
    expect((await take(here, `${id}-too`)).refusal).toMatchObject({
      kind: id === 'c' ? 'requests' : 'parallel',
    })
    await settle(here, id)
  }
  expect((await take(here, 'd')).refusal).toMatchObject({ kind: 'requests', limit: 4 })
  // Not every call waits for a store that is away.
  expect(here.asked).toBe(2)
  expect(here.changes).toEqual([true])
})

test('a call that was under way keeps its place when the store goes', async () => {
  const here = house()
  await take(here, 'long')
  here.away = true
  expect((await take(here, 'next')).refusal).toMatchObject({ kind: 'parallel' })
  await Promise.resolve(settle(here, 'long')).catch(() => undefined)
  expect((await take(here, 'next')).refusal).toBeUndefined()
})

test('a store that comes back without its memory does not give the limit twice', async () => {
  const here = house()
  here.away = true
  for (const id of ['a', 'b', 'c', 'd']) {
    await take(here, id)
    await settle(here, id)
  }
  here.comeBack()
  await here.clock.advance(250)
  expect((await take(here, 'early')).refusal).toMatchObject({ kind: 'requests', limit: 4 })
  expect(here.changes).toEqual([true, false])
  await here.clock.advance(65_000)
  for (let call = 0; call < 12; call++) {
    expect((await take(here, `late-${call}`)).refusal).toBeUndefined()
    await settle(here, `late-${call}`)
  }
  expect((await take(here, 'too-late')).refusal).toMatchObject({ kind: 'requests', limit: 12 })
})
