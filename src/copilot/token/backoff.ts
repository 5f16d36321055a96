import type { Clock } from '../../core/clock.ts'
import { isRetryable } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'

/** Remembers a failure for a while, so that a revoked token does not hammer GitHub with every call. */
export interface Backoff {
  /** The failure that still stands, if any. */
  standing(): JetwayError | undefined
  /** Milliseconds until another try makes sense; 0 when it does now. */
  remainingMs(): number
  failed(error: JetwayError): void
  clear(): void
}

export interface Steps {
  readonly firstMs: number
  readonly longestMs: number
}

const PERMANENT: Steps = { firstMs: 2_000, longestMs: 60_000 }
const TRANSIENT: Steps = { firstMs: 500, longestMs: 10_000 }
/** Looking whether someone has signed in meanwhile costs a few small files. */
const UNSIGNED: Steps = { firstMs: 250, longestMs: 250 }
/** However long GitHub asks to wait, a person who fixed the cause is not kept waiting longer. */
const LONGEST_ASKED_MS = 300_000

export function createBackoff(clock: Clock, permanent: Steps = PERMANENT): Backoff {
  let error: JetwayError | undefined
  let until = 0
  let count = 0

  return {
    standing: () => (error && clock.monotonic() < until ? error : undefined),
    remainingMs: () => (error ? Math.max(0, until - clock.monotonic()) : 0),
    failed(failure) {
      const { firstMs, longestMs } = stepsFor(failure, permanent)
      const asked = Math.min((failure.retry_after ?? 0) * 1000, LONGEST_ASKED_MS)
      const delay = Math.max(asked, Math.min(firstMs * 2 ** Math.min(count, 20), longestMs))
      count += 1
      error = failure
      until = clock.monotonic() + delay
    },
    clear() {
      error = undefined
      count = 0
    },
  }
}

function stepsFor(error: JetwayError, permanent: Steps): Steps {
  if (error.code === 'not_signed_in') return UNSIGNED
  return isRetryable(error) ? TRANSIENT : permanent
}
