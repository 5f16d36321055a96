import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createSeededRandom } from '../../core/random.ts'
import type { Demand, LimitStore } from '../../policy/limits/limit-store.ts'
import { createMemoryLimits } from '../../policy/limits/memory.ts'
import { startRedis } from '../testing/redis-server.ts'
import { createRedisLimits } from './redis-limits.ts'
import { openRedis } from './redis.ts'

const server = await startRedis()
if (!server && process.env['CI'])
  throw new Error('Redis is not installed: apt-get install redis-server')
const redis = server && (await openRedis(server.url))
afterAll(async () => {
  await redis?.close()
  await server?.stop()
})

const stores: { name: string; open: () => Promise<LimitStore> }[] = [
  { name: 'memory', open: () => Promise.resolve(createMemoryLimits()) },
]
if (redis) {
  stores.push({
    name: 'Redis',
    open: async () => {
      await redis.command(['FLUSHALL'])
      return createRedisLimits(redis)
    },
  })
}

const NOW = 1_790_000_001_000

describe.each(stores)('limits in $name', (kind) => {
  let calls = 0
  const take = (
    store: LimitStore,
    demands: readonly Demand[],
    nowMs: number,
    tokens = 0,
    callId = `c${calls++}`,
  ) => store.take({ callId, demands, tokens, nowMs, deadlineMs: nowMs + 600_000 })

  test('allows as many requests as the limit, then says when the next may come', async () => {
    const store = await kind.open()
    const demands = [{ scope: 'key:a', requestsPerMinute: 2 }]
    expect((await take(store, demands, NOW)).left).toEqual([
      { scope: 'key:a', kind: 'requests', limit: 2, remaining: 1, resetMs: 64_000 },
    ])
    expect((await take(store, demands, NOW)).refusal).toBeUndefined()
    const { refusal, left } = await take(store, demands, NOW + 4_000)
    expect(refusal).toEqual({
      scope: 'key:a',
      kind: 'requests',
      limit: 2,
      used: 2,
      retryAfterMs: 60_000,
    })
    expect(left[0]?.remaining).toBe(0)
    expect((await take(store, demands, NOW + 4_000 + 59_999)).refusal).toBeDefined()
    expect((await take(store, demands, NOW + 4_000 + 60_000)).refusal).toBeUndefined()
  })

  test('counts a call against all of its scopes or against none', async () => {
    const store = await kind.open()
    const key = { scope: 'key:a', requestsPerMinute: 10 }
    const team = { scope: 'team:t', requestsPerMinute: 1 }
    expect((await take(store, [key, team], NOW)).refusal).toBeUndefined()
    expect((await take(store, [key, team], NOW)).refusal).toMatchObject({
      scope: 'team:t',
      kind: 'requests',
    })
    expect((await take(store, [key], NOW)).left[0]?.remaining).toBe(8)
  })

  test('takes an estimate of tokens, and settles to what was used', async () => {
    const store = await kind.open()
    const demands = [{ scope: 'key:a', tokensPerMinute: 1000 }]
    await take(store, demands, NOW, 900, 'first')
    expect((await take(store, demands, NOW, 200)).refusal).toMatchObject({
      kind: 'tokens',
      used: 900,
    })
    await store.settle({
      callId: 'first',
      demands,
      estimatedTokens: 900,
      tokens: 100,
      takenAtMs: NOW,
      nowMs: NOW + 1,
    })
    expect((await take(store, demands, NOW + 2, 200)).left[0]?.remaining).toBe(700)
  })

  test('an estimate above the limit goes through alone', async () => {
    const store = await kind.open()
    const demands = [{ scope: 'key:a', tokensPerMinute: 100 }]
    expect((await take(store, demands, NOW, 5000)).refusal).toBeUndefined()
    expect((await take(store, demands, NOW, 1)).refusal).toMatchObject({
      kind: 'tokens',
      retryAfterMs: 64_000,
    })
  })

  test('bounds parallel calls, frees a place at the end of a call, and after its deadline', async () => {
    const store = await kind.open()
    const demands = [{ scope: 'key:a', parallel: 1 }]
    await take(store, demands, NOW, 0, 'one')
    expect((await take(store, demands, NOW, 0, 'two')).refusal).toMatchObject({
      kind: 'parallel',
      used: 1,
    })
    await store.settle({
      callId: 'one',
      demands,
      estimatedTokens: 0,
      tokens: 0,
      takenAtMs: NOW,
      nowMs: NOW,
    })
    expect((await take(store, demands, NOW, 0, 'two')).refusal).toBeUndefined()
    expect((await take(store, demands, NOW + 600_001, 0, 'three')).refusal).toBeUndefined()
  })

  test('a limit of zero refuses everything', async () => {
    const store = await kind.open()
    expect((await take(store, [{ scope: 'key:a', parallel: 0 }], NOW)).refusal).toMatchObject({
      kind: 'parallel',
      limit: 0,
    })
  })

  test('without demands nothing is asked', async () => {
    const store = await kind.open()
    expect(await take(store, [], NOW)).toEqual({ left: [], refusal: undefined })
  })
})

test('no 60 seconds ever hold more than the limit, however calls arrive', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 20 }), async (seed, limit) => {
      const random = createSeededRandom(seed)
      const store = createMemoryLimits()
      const allowed: number[] = []
      let now = NOW
      for (let call = 0; call < 300; call++) {
        now += Math.floor(random() * random() * 20_000)
        const { refusal } = await store.take({
          callId: String(call),
          demands: [{ scope: 'key:a', requestsPerMinute: limit }],
          tokens: 0,
          nowMs: now,
          deadlineMs: now,
        })
        if (!refusal) allowed.push(now)
      }
      for (const start of allowed) {
        expect(
          allowed.filter((at) => at >= start && at < start + 60_000).length,
        ).toBeLessThanOrEqual(limit)
      }
    }),
    { numRuns: 50 },
  )
})

test.skipIf(!redis)('memory and Redis give the same verdicts on the same calls', async () => {
  if (!redis) return
  await redis.command(['FLUSHALL'])
  const random = createSeededRandom(42)
  const [memory, shared] = [createMemoryLimits(), createRedisLimits(redis)]
  let now = NOW
  for (let call = 0; call < 400; call++) {
    now += Math.floor(random() * 3_000)
    const demands = [
      { scope: `key:${Math.floor(random() * 3)}`, requestsPerMinute: 12, tokensPerMinute: 5000 },
      { scope: 'team:t', requestsPerMinute: 25, parallel: 6 },
    ]
    const request = {
      callId: `x${call}`,
      demands,
      tokens: Math.floor(random() * 800),
      nowMs: now,
      deadlineMs: now + 20_000,
    }
    const verdicts = await Promise.all([memory.take(request), shared.take(request)])
    expect(verdicts[1]).toEqual(verdicts[0])
    if (!verdicts[0]?.refusal && random() < 0.7) {
      const settlement = {
        callId: request.callId,
        demands,
        estimatedTokens: request.tokens,
        tokens: Math.floor(random() * 900),
        takenAtMs: now,
        nowMs: now,
      }
      await Promise.all([memory.settle(settlement), shared.settle(settlement)])
    }
  }
})
