import type { Clock } from '../../core/clock.ts'

/**
 * How many retries all calls together may make towards one provider, so that an outage is not multiplied by them.
 * A token bucket: each call puts in a fifth of a token, each second a whole one, each retry takes one. Idle, it holds
 * enough that a single person never notices it; under load, retries come to at most a fifth of the calls.
 */
export interface RetryBudget {
  /** A call begins. */
  deposit(provider: string): void
  /** Whether one more attempt may be made; takes it from the budget. */
  withdraw(provider: string): boolean
}

const CAPACITY = 20
const PER_CALL = 0.2
const PER_SECOND = 1

export function createRetryBudget(clock: Clock): RetryBudget {
  const buckets = new Map<string, { tokens: number; at: number }>()
  const bucketOf = (provider: string): { tokens: number; at: number } => {
    const now = clock.monotonic()
    let bucket = buckets.get(provider)
    if (bucket === undefined) {
      bucket = { tokens: CAPACITY, at: now }
      buckets.set(provider, bucket)
    }
    bucket.tokens = Math.min(CAPACITY, bucket.tokens + ((now - bucket.at) / 1000) * PER_SECOND)
    bucket.at = now
    return bucket
  }
  return {
    deposit(provider) {
      const bucket = bucketOf(provider)
      bucket.tokens = Math.min(CAPACITY, bucket.tokens + PER_CALL)
    },
    withdraw(provider) {
      const bucket = bucketOf(provider)
      if (bucket.tokens < 1) return false
      bucket.tokens--
      return true
    },
  }
}
