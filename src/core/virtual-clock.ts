import type { Clock } from './clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

export interface VirtualClock extends Clock {
  /** Moves time forward, firing what is due in order, and lets promises settle between timers. */
  advance(byMs: number): Promise<void>
  /** Sets the wall clock alone, as a user or NTP would; timers do not move. */
  jump(byMs: number): void
  /** Timers that are set and neither fired nor cancelled: a leak shows here. */
  readonly pending: number
}

/** A clock that moves only when told to. For simulations and tests. */
export function createVirtualClock(startMs = 1_790_000_000_000): VirtualClock {
  const timers = new Set<Timer>()
  let elapsed = 0
  let offset = startMs
  let order = 0

  const due = (until: number): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers) {
      if (timer.at > until) continue
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) {
        first = timer
      }
    }
    return first
  }

  return {
    now: () => offset + elapsed,
    monotonic: () => elapsed,
    setTimer(delayMs, callback) {
      const timer = { at: elapsed + Math.max(delayMs, 0), order: order++, callback }
      timers.add(timer)
      return () => {
        timers.delete(timer)
      }
    },
    async advance(byMs) {
      const until = elapsed + byMs
      await settle()
      for (let timer = due(until); timer; timer = due(until)) {
        timers.delete(timer)
        elapsed = Math.max(elapsed, timer.at)
        timer.callback()
        await settle()
      }
      elapsed = until
    },
    jump(byMs) {
      offset += byMs
    },
    get pending() {
      return timers.size
    },
  }
}

/** Lets chains of already resolved promises run to their end: one turn of the event loop drains them all. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
