import type { Clock } from '../core/clock.ts'

/** GitHub's clock, which may be off against the client's: shifting it is how skew is tested. */
export interface ShiftedClock extends Clock {
  nowSeconds(): number
  shift(seconds: number): void
  offsetSeconds(): number
  reset(): void
}

export function createShiftedClock(inner: Clock): ShiftedClock {
  let offsetMs = 0
  const now = (): number => inner.now() + offsetMs
  return {
    now,
    monotonic: () => inner.monotonic(),
    setTimer: (delayMs, callback) => inner.setTimer(delayMs, callback),
    nowSeconds: () => Math.floor(now() / 1000),
    shift(seconds) {
      offsetMs += seconds * 1000
    },
    offsetSeconds: () => offsetMs / 1000,
    reset() {
      offsetMs = 0
    },
  }
}
