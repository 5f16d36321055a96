import { expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createMemoryLimits } from './memory.ts'
import { createResilientLimits } from './resilient.ts'

const NOW = 1_790_000_000_000
const demands = [{ scope: 'key:a', parallel: 2 }]

function house() {
  const clock = createVirtualClock(NOW)
  const memory = createMemoryLimits()
  const state = {
    clock,
    network: 'up' as 'up' | 'down' | 'answers lost',
    limits: createResilientLimits({
      clock,
      shared: {
        async take(request) {
          if (state.network === 'down') throw new Error('away')
          const verdict = await memory.take(request)
          if (state.network === 'answers lost')
            throw new Error('Redis did not answer within 1000 ms')
          return verdict
        },
        async settle(settlement) {
          if (state.network === 'down') throw new Error('away')
          await memory.settle(settlement)
        },
      },
      local: createMemoryLimits(),
      replicas: () => 1,
    }),
  }
  const take = (callId: string) => {
    const nowMs = clock.now()
    return state.limits.take({ callId, demands, tokens: 0, nowMs, deadlineMs: nowMs + 600_000 })
  }
  const settle = async (callId: string) => {
    const nowMs = clock.now()
    const tokens = { estimatedTokens: 0, tokens: 0, takenAtMs: nowMs, nowMs }
    // As admission does.
    await Promise.resolve(state.limits.settle({ callId, demands, ...tokens })).catch(
      () => undefined,
    )
  }
  return { state, clock, take, settle }
}

test('calls that end while the shared store is away do not keep their places there', async () => {
  const { state, clock, take, settle } = house()
  await take('one')
  await take('two')
  state.network = 'down'
  await settle('one')
  await settle('two')
  state.network = 'up'
  await clock.advance(5_000)
  expect((await take('three')).refusal).toBeUndefined()
})

test('calls whose place was given and whose answer was lost do not keep it when they are over', async () => {
  const { state, clock, take, settle } = house()
  state.network = 'answers lost'
  await take('one')
  await settle('one')
  await clock.advance(250)
  await take('two')
  await settle('two')
  state.network = 'up'
  await clock.advance(5_000)
  expect((await take('three')).refusal).toBeUndefined()
})
