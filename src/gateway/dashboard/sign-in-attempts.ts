import type { Clock } from '../../core/clock.ts'
import { RateLimitError } from '../../core/errors.ts'

const WINDOW_MS = 60_000
const MAX_PER_ADDRESS = 10
/** Of all addresses together: keys are long, and guessing them from many places must not pay either. */
const MAX_TOGETHER = 300
const MAX_ADDRESSES = 10_000

export interface SignInAttempts {
  /** Throws a `RateLimitError` where there were too many wrong ones within the last minute. */
  check(address: string): void
  failed(address: string): void
}

/** Counts wrong keys. Right ones do not count, so that nobody is kept out by others' mistakes from the own address. */
export function createSignInAttempts(clock: Clock): SignInAttempts {
  const counts = new Map<string, number>()
  let together = 0
  let startedAt = clock.monotonic()

  const roll = (): void => {
    if (clock.monotonic() - startedAt < WINDOW_MS) return
    counts.clear()
    together = 0
    startedAt = clock.monotonic()
  }

  return {
    check(address) {
      roll()
      if ((counts.get(address) ?? 0) < MAX_PER_ADDRESS && together < MAX_TOGETHER) return
      const seconds = Math.ceil((startedAt + WINDOW_MS - clock.monotonic()) / 1000)
      throw new RateLimitError(`too many wrong keys; try again in ${seconds} seconds`, {
        code: 'too_many_attempts',
        retry_after: seconds,
      })
    },
    failed(address) {
      roll()
      together += 1
      if (counts.size < MAX_ADDRESSES || counts.has(address)) {
        counts.set(address, (counts.get(address) ?? 0) + 1)
      }
    },
  }
}
