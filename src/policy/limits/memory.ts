import {
  BUCKET_MS,
  BUCKETS,
  PARALLEL_RETRY_MS,
  type Demand,
  type Left,
  type LimitStore,
  type Refusal,
  type TakeRequest,
} from './limit-store.ts'

/** Counts of one scope: bucket number → count, and call id → when its place is free at the latest. */
interface Counters {
  readonly requests: Map<number, number>
  readonly tokens: Map<number, number>
  readonly running: Map<string, number>
}

/** Limits of one process. Scopes that were quiet for a window are forgotten, so memory follows traffic and not time. */
export function createMemoryLimits(): LimitStore {
  const scopes = new Map<string, Counters>()
  let lastSweep = 0

  const countersOf = (scope: string): Counters => {
    let counters = scopes.get(scope)
    if (!counters) {
      counters = { requests: new Map(), tokens: new Map(), running: new Map() }
      scopes.set(scope, counters)
    }
    return counters
  }

  const sweep = (nowMs: number): void => {
    const bucket = Math.floor(nowMs / BUCKET_MS)
    if (bucket === lastSweep) return
    lastSweep = bucket
    for (const [scope, counters] of scopes) {
      forgetOld(counters, nowMs)
      if (counters.requests.size + counters.tokens.size + counters.running.size === 0)
        scopes.delete(scope)
    }
  }

  return {
    take(request) {
      sweep(request.nowMs)
      const refusal = firstRefusal(request, countersOf)
      if (!refusal)
        for (const demand of request.demands) count(demand, request, countersOf(demand.scope))
      const left = request.demands.flatMap((demand) =>
        leftOf(demand, countersOf(demand.scope), request.nowMs),
      )
      return { refusal, left }
    },
    settle(settlement) {
      const bucket = Math.floor(settlement.takenAtMs / BUCKET_MS)
      for (const demand of settlement.demands) {
        const counters = countersOf(demand.scope)
        counters.running.delete(settlement.callId)
        const before = counters.tokens.get(bucket)
        if (demand.tokensPerMinute === undefined || before === undefined) continue
        counters.tokens.set(
          bucket,
          Math.max(0, before + settlement.tokens - settlement.estimatedTokens),
        )
      }
    },
  }
}

function firstRefusal(
  { demands, tokens, nowMs }: TakeRequest,
  countersOf: (scope: string) => Counters,
): Refusal | undefined {
  for (const demand of demands) {
    const { scope } = demand
    const counters = countersOf(scope)
    forgetOld(counters, nowMs)
    const limits = [
      ['requests', demand.requestsPerMinute, counters.requests, 1],
      ['tokens', demand.tokensPerMinute, counters.tokens, tokens],
    ] as const
    for (const [kind, limit, buckets, wanted] of limits) {
      if (limit === undefined) continue
      const used = total(buckets)
      // An estimate above the whole limit would never pass: one that size goes alone.
      if (used + Math.min(wanted, limit) > limit) {
        return {
          scope,
          kind,
          limit,
          used,
          retryAfterMs: freeIn(buckets, used + Math.min(wanted, limit) - limit, nowMs),
        }
      }
    }
    const { parallel } = demand
    if (parallel !== undefined && counters.running.size >= parallel) {
      return {
        scope,
        kind: 'parallel',
        limit: parallel,
        used: counters.running.size,
        retryAfterMs: PARALLEL_RETRY_MS,
      }
    }
  }
  return undefined
}

function count(
  demand: Demand,
  { callId, tokens, nowMs, deadlineMs }: TakeRequest,
  counters: Counters,
): void {
  const bucket = Math.floor(nowMs / BUCKET_MS)
  if (demand.requestsPerMinute !== undefined) add(counters.requests, bucket, 1)
  if (demand.tokensPerMinute !== undefined) add(counters.tokens, bucket, tokens)
  if (demand.parallel !== undefined) counters.running.set(callId, deadlineMs)
}

function leftOf(demand: Demand, counters: Counters, nowMs: number): Left[] {
  const { scope } = demand
  forgetOld(counters, nowMs)
  const left: Left[] = []
  const windows = [
    ['requests', demand.requestsPerMinute, counters.requests],
    ['tokens', demand.tokensPerMinute, counters.tokens],
  ] as const
  for (const [kind, limit, buckets] of windows) {
    if (limit === undefined) continue
    const used = total(buckets)
    left.push({
      scope,
      kind,
      limit,
      remaining: Math.max(0, limit - used),
      resetMs: freeIn(buckets, used, nowMs),
    })
  }
  if (demand.parallel !== undefined) {
    const remaining = Math.max(0, demand.parallel - counters.running.size)
    left.push({ scope, kind: 'parallel', limit: demand.parallel, remaining, resetMs: 0 })
  }
  return left
}

function add(buckets: Map<number, number>, bucket: number, amount: number): void {
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + amount)
}

function total(buckets: ReadonlyMap<number, number>): number {
  let sum = 0
  for (const value of buckets.values()) sum += value
  return sum
}

/** Milliseconds until buckets that hold `amount` have left the window. */
function freeIn(buckets: ReadonlyMap<number, number>, amount: number, nowMs: number): number {
  let freed = 0
  if (amount <= 0) return 0
  const newest = Math.floor(nowMs / BUCKET_MS)
  for (let bucket = newest - BUCKETS; bucket <= newest; bucket++) {
    freed += buckets.get(bucket) ?? 0
    if (freed >= amount) return Math.max(1, (bucket + BUCKETS + 1) * BUCKET_MS - nowMs)
  }
  return (BUCKETS + 1) * BUCKET_MS
}

function forgetOld(counters: Counters, nowMs: number): void {
  const oldest = Math.floor(nowMs / BUCKET_MS) - BUCKETS
  for (const buckets of [counters.requests, counters.tokens]) {
    for (const bucket of buckets.keys()) if (bucket < oldest) buckets.delete(bucket)
  }
  for (const [callId, until] of counters.running)
    if (until <= nowMs) counters.running.delete(callId)
}
