import type { Awaitable } from '../../core/awaitable.ts'
import type { SeatId } from '../../core/call.ts'
import type { CancelSignal } from '../../core/cancel-signal.ts'
import type { Clock } from '../../core/clock.ts'
import { RateLimitError } from '../../core/errors.ts'
import type { LimitSettings } from '../../core/settings.ts'

/**
 * Holds back what would put a person's account at risk: more calls at once on one seat than a person's editor makes, or
 * calls closer together than set. Who comes too much waits in line, within a bound and a time; beyond either is refused.
 *
 * Counts this process alone; `shared-seat-queue.ts` puts the ceiling over workers and replicas on top of it.
 */
export interface SeatQueue {
  /** The release, when it is this call's turn: at once where there is room. */
  enter(seat: SeatId, signal: CancelSignal): Awaitable<Release>
  /** Calls under way and waiting, for metrics. */
  load(seat: SeatId): { readonly running: number; readonly waiting: number }
}

export interface Release {
  (): void
  readonly queuedMs: number
}

interface Lane {
  running: number
  nextStartAt: number
  cancelTimer: (() => void) | undefined
  readonly waiting: Set<Waiter>
}

interface Waiter {
  readonly since: number
  readonly start: () => void
}

export function createSeatQueue(settings: () => LimitSettings, clock: Clock): SeatQueue {
  const lanes = new Map<SeatId, Lane>()

  const laneOf = (seat: SeatId): Lane => {
    let lane = lanes.get(seat)
    if (!lane) {
      lane = { running: 0, nextStartAt: 0, cancelTimer: undefined, waiting: new Set() }
      lanes.set(seat, lane)
    }
    return lane
  }

  const startMore = (seat: SeatId, lane: Lane): void => {
    const { maxParallelPerSeat, minGapMs } = settings()
    for (const waiter of lane.waiting) {
      if (lane.running >= maxParallelPerSeat) return
      const waitMs = lane.nextStartAt - clock.monotonic()
      if (waitMs > 0) {
        lane.cancelTimer ??= clock.setTimer(waitMs, () => {
          lane.cancelTimer = undefined
          startMore(seat, lane)
        })
        return
      }
      lane.waiting.delete(waiter)
      lane.running++
      lane.nextStartAt = clock.monotonic() + minGapMs
      waiter.start()
    }
    if (lane.running === 0 && lane.waiting.size === 0 && minGapMs === 0) lanes.delete(seat)
  }

  const releaseOf = (seat: SeatId, lane: Lane, queuedMs: number): Release => {
    let released = false
    const release = (): void => {
      if (released) return
      released = true
      lane.running--
      startMore(seat, lane)
    }
    return Object.assign(release, { queuedMs })
  }

  return {
    enter(seat, signal) {
      const lane = laneOf(seat)
      const { maxParallelPerSeat, minGapMs, maxQueuedPerSeat, queueTimeoutMs } = settings()
      const now = clock.monotonic()
      const free = lane.running < maxParallelPerSeat && lane.waiting.size === 0
      if (free && lane.nextStartAt <= now) {
        lane.running++
        lane.nextStartAt = now + minGapMs
        return releaseOf(seat, lane, 0)
      }
      if (lane.waiting.size >= maxQueuedPerSeat)
        return Promise.reject(tooMany(lane, maxQueuedPerSeat))
      return new Promise((resolve, reject) => {
        const leave = (error: Error): void => {
          lane.waiting.delete(waiter)
          stopWaiting()
          reject(error)
        }
        const onAbort = (): void => {
          leave(signal.reason as Error)
        }
        const cancelTimeout = clock.setTimer(queueTimeoutMs, () => {
          leave(tooLong(queueTimeoutMs, lane.running))
        })
        const stopWaiting = (): void => {
          cancelTimeout()
          signal.removeEventListener('abort', onAbort)
        }
        const waiter: Waiter = {
          since: now,
          start: () => {
            stopWaiting()
            resolve(releaseOf(seat, lane, clock.monotonic() - now))
          },
        }
        if (signal.aborted) {
          leave(signal.reason as Error)
          return
        }
        signal.addEventListener('abort', onAbort, { once: true })
        lane.waiting.add(waiter)
        startMore(seat, lane)
      })
    },
    load(seat) {
      const lane = lanes.get(seat)
      return { running: lane?.running ?? 0, waiting: lane?.waiting.size ?? 0 }
    },
  }
}

function tooMany(lane: Lane, limit: number): RateLimitError {
  return new RateLimitError(
    `this Copilot seat has ${lane.running} calls under way and ${limit} waiting: send fewer at once, or raise max_queued_per_seat`,
    { code: 'seat_queue_full', retry_after: 2 },
  )
}

export function tooLong(timeoutMs: number, running: number): RateLimitError {
  return new RateLimitError(
    `no place on this Copilot seat became free within ${timeoutMs / 1000} s: ${running} calls are under way`,
    { code: 'seat_queue_timeout', retry_after: 5 },
  )
}
