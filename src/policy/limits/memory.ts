import {
  BUCKET_MS,
  PARALLEL_RETRY_MS,
  type Demand,
  type Left,
  type LimitStore,
  type Refusal,
  type TakeRequest,
} from './limit-store.ts'
import { Running } from './running.ts'
import { Window } from './window.ts'

/** Counts of one scope. */
interface Counters {
  readonly requests: Window
  readonly tokens: Window
  readonly running: Running
}

/** A demand, and what is counted against it. */
interface Counted {
  readonly demand: Demand
  readonly counters: Counters
}

/** Limits of one process. Scopes that were quiet for a window are forgotten, so memory follows traffic and not time. */
export function createMemoryLimits(): LimitStore {
  const scopes = new Map<string, Counters>()
  let lastSweep = 0

  const countersOf = (scope: string, nowMs: number): Counters => {
    let counters = scopes.get(scope)
    if (!counters) {
      counters = { requests: new Window(), tokens: new Window(), running: new Running() }
      scopes.set(scope, counters)
    }
    counters.requests.turn(nowMs)
    counters.tokens.turn(nowMs)
    counters.running.turn(nowMs)
    return counters
  }

  const sweep = (nowMs: number): void => {
    const bucket = Math.floor(nowMs / BUCKET_MS)
    if (bucket === lastSweep) return
    lastSweep = bucket
    for (const [scope, { requests, tokens, running }] of scopes) {
      requests.turn(nowMs)
      tokens.turn(nowMs)
      running.turn(nowMs)
      if (requests.sum + tokens.sum + running.size === 0) scopes.delete(scope)
    }
  }

  return {
    take(request) {
      const { demands, nowMs } = request
      sweep(nowMs)
      const counted = demands.map((demand) => ({
        demand,
        counters: countersOf(demand.scope, nowMs),
      }))
      const refusal = firstRefusal(request, counted)
      const left: Left[] = []
      for (const { demand, counters } of counted) {
        if (!refusal) count(demand, request, counters)
        addLeft(left, demand, counters, nowMs)
      }
      return { refusal, left }
    },
    settle({ demands, callId, takenAtMs, nowMs, tokens, estimatedTokens }) {
      for (const { scope, tokensPerMinute } of demands) {
        const counters = countersOf(scope, nowMs)
        counters.running.delete(callId)
        if (tokensPerMinute !== undefined) {
          counters.tokens.change(takenAtMs, tokens - estimatedTokens)
        }
      }
    },
  }
}

function firstRefusal(
  { tokens, nowMs }: TakeRequest,
  counted: readonly Counted[],
): Refusal | undefined {
  for (const { demand, counters } of counted) {
    const { scope, parallel, requestsPerMinute, tokensPerMinute } = demand
    const refusal =
      overLimit('requests', scope, requestsPerMinute, counters.requests, 1, nowMs) ??
      overLimit('tokens', scope, tokensPerMinute, counters.tokens, tokens, nowMs)
    if (refusal) return refusal
    const used = counters.running.size
    if (parallel !== undefined && used >= parallel) {
      return { scope, kind: 'parallel', limit: parallel, used, retryAfterMs: PARALLEL_RETRY_MS }
    }
  }
  return undefined
}

function overLimit(
  kind: 'requests' | 'tokens',
  scope: string,
  limit: number | undefined,
  window: Window,
  asked: number,
  nowMs: number,
): Refusal | undefined {
  if (limit === undefined) return undefined
  const used = window.sum
  // An estimate above the whole limit would never pass: one that size goes alone.
  const wanted = Math.min(asked, limit)
  if (used + wanted <= limit) return undefined
  return { scope, kind, limit, used, retryAfterMs: window.freeIn(used + wanted - limit, nowMs) }
}

function count(
  demand: Demand,
  { callId, tokens, nowMs, deadlineMs }: TakeRequest,
  counters: Counters,
): void {
  if (demand.requestsPerMinute !== undefined) counters.requests.change(nowMs, 1)
  if (demand.tokensPerMinute !== undefined) counters.tokens.change(nowMs, tokens)
  if (demand.parallel !== undefined) counters.running.add(callId, deadlineMs)
}

function addLeft(left: Left[], demand: Demand, counters: Counters, nowMs: number): void {
  const { scope, requestsPerMinute, tokensPerMinute, parallel } = demand
  const { requests, tokens, running } = counters
  if (requestsPerMinute !== undefined) {
    left.push(leftOf('requests', scope, requestsPerMinute, requests, nowMs))
  }
  if (tokensPerMinute !== undefined) {
    left.push(leftOf('tokens', scope, tokensPerMinute, tokens, nowMs))
  }
  if (parallel !== undefined) {
    const remaining = Math.max(0, parallel - running.size)
    left.push({ scope, kind: 'parallel', limit: parallel, remaining, resetMs: 0 })
  }
}

function leftOf(
  kind: 'requests' | 'tokens',
  scope: string,
  limit: number,
  window: Window,
  nowMs: number,
): Left {
  const used = window.sum
  const remaining = Math.max(0, limit - used)
  return { scope, kind, limit, remaining, resetMs: window.freeIn(used, nowMs) }
}
