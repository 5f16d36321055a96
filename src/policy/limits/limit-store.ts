import type { Awaitable } from '../../core/awaitable.ts'

/**
 * Requests, tokens and parallel calls, counted over whatever shares the store: one process, or all replicas.
 *
 * One `take` checks every limit of a call (its key's, its user's, its team's) and counts it against all of them or none, in
 * one round trip. Tokens are known only afterwards: an estimate is taken, and `settle` puts the true number in its place.
 */
export interface LimitStore {
  take(request: TakeRequest): Awaitable<Verdict>
  settle(settlement: Settlement): Awaitable<void>
}

export interface Demand {
  /** `key:ID`, `user:ID`, `team:ID`, `deployment:ID`, `seat:ID`. */
  readonly scope: string
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
  readonly parallel?: number | undefined
}

export interface TakeRequest {
  readonly callId: string
  readonly demands: readonly Demand[]
  /** Estimate for prompt and answer. */
  readonly tokens: number
  readonly nowMs: number
  /** When the call is over at the latest: its place among the parallel ones is free again then, also after a crash. */
  readonly deadlineMs: number
}

export type LimitKind = 'requests' | 'tokens' | 'parallel'

export interface Verdict {
  /** The first limit that refuses, in the order of the demands; absent when the call may go. */
  readonly refusal?: Refusal | undefined
  /** The tightest of each kind after this call, for the `x-ratelimit-*` headers. */
  readonly left: readonly Left[]
}

export interface Refusal {
  readonly scope: string
  readonly kind: LimitKind
  readonly limit: number
  readonly used: number
  /** Until enough of the window has passed; for parallel calls a guess of one second. */
  readonly retryAfterMs: number
}

export interface Left {
  readonly scope: string
  readonly kind: LimitKind
  readonly limit: number
  readonly remaining: number
  /** Until the whole limit is free again if nothing more is asked. */
  readonly resetMs: number
}

export interface Settlement {
  readonly callId: string
  readonly demands: readonly Demand[]
  readonly estimatedTokens: number
  readonly tokens: number
  /** The time of the take: its bucket is the one corrected. */
  readonly takenAtMs: number
  readonly nowMs: number
}

/** A minute, counted in buckets of five seconds. The oldest bucket counts whole, so no 60 seconds ever hold more than the limit. */
export const WINDOW_MS = 60_000
export const BUCKET_MS = 5_000
export const BUCKETS = WINDOW_MS / BUCKET_MS
/** Nothing says when one of the parallel calls will end. */
export const PARALLEL_RETRY_MS = 1_000
