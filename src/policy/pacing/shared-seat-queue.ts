import type { SeatId } from '../../core/call.ts'
import type { CancelSignal } from '../../core/cancel-signal.ts'
import type { Clock } from '../../core/clock.ts'
import type { LimitSettings } from '../../core/settings.ts'
import { ASK_AGAIN_MS, type GiveBack, type HeldPlaces, type NoPlace } from './held-places.ts'
import { tooLong, type Release, type SeatQueue } from './seat-queue.ts'

/**
 * The ceiling of a seat over everything that shares the book of places. Whoever's turn it is in this process asks for a place
 * in all of them, and waits, in the order they came, while there is none.
 */
export function createSharedSeatQueue(
  local: SeatQueue,
  places: HeldPlaces,
  settings: () => LimitSettings,
  clock: Clock,
): SeatQueue {
  /** In the order they came; each is woken by being called. */
  const lines = new Map<SeatId, Set<() => void>>()

  /** A place may become free while a question is on its way; then nobody stands in line yet who could be woken. */
  let freed = 0

  const wakeFirst = (seat: SeatId): void => {
    const [first] = lines.get(seat) ?? []
    first?.()
  }
  places.onFree((seat) => {
    freed++
    wakeFirst(seat)
  })

  const take = (seat: SeatId): ReturnType<HeldPlaces['take']> => {
    const { maxParallelPerSeat: parallel, minGapMs: gapMs } = settings()
    return places.take(seat, { parallel, gapMs })
  }

  const waitInLine = async (
    seat: SeatId,
    signal: CancelSignal,
    giveUpAt: number,
    firstWaitMs: number,
    freedBefore: number,
  ): Promise<GiveBack> => {
    const line = lines.get(seat) ?? new Set<() => void>()
    lines.set(seat, line)
    let resume = (): void => {}
    /** Woken while it was asking: then there is something to ask for again at once. */
    let woken = freed !== freedBefore
    const wake = (): void => {
      woken = true
      resume()
    }
    line.add(wake)
    signal.addEventListener('abort', wake, { once: true })
    let waitMs = firstWaitMs
    try {
      for (;;) {
        const leftMs = giveUpAt - clock.monotonic()
        if (leftMs <= 0) throw tooLong(settings().queueTimeoutMs, local.load(seat).running)
        if (!woken) {
          await new Promise<void>((resolve) => {
            const cancel = clock.setTimer(Math.min(waitMs, leftMs), resolve)
            resume = () => {
              cancel()
              resolve()
            }
          })
        }
        woken = false
        if (signal.aborted) throw signal.reason as Error
        waitMs = ASK_AGAIN_MS
        const [first] = line
        if (first !== wake) continue
        const answer = await take(seat)
        if (!isPlace(answer)) {
          waitMs = answer.waitMs
          continue
        }
        if (!isAborted(signal)) return answer
        answer()
        throw signal.reason as Error
      }
    } finally {
      signal.removeEventListener('abort', wake)
      line.delete(wake)
      if (line.size === 0) lines.delete(seat)
      // There may be more than one place free, and whoever is first now heard nothing of it.
      wakeFirst(seat)
    }
  }

  const enterShared = async (
    seat: SeatId,
    signal: CancelSignal,
    leave: Release,
  ): Promise<Release> => {
    const since = clock.monotonic() - leave.queuedMs
    try {
      const freedBefore = freed
      // Nobody overtakes those who wait.
      const answer = lines.has(seat) ? { waitMs: ASK_AGAIN_MS } : await take(seat)
      const giveUpAt = since + settings().queueTimeoutMs
      const giveBack = isPlace(answer)
        ? answer
        : await waitInLine(seat, signal, giveUpAt, answer.waitMs, freedBefore)
      const release = (): void => {
        giveBack()
        leave()
      }
      return Object.assign(release, { queuedMs: clock.monotonic() - since })
    } catch (error) {
      leave()
      throw error
    }
  }

  return {
    async enter(seat, signal) {
      return enterShared(seat, signal, await local.enter(seat, signal))
    },
    load: (seat) => local.load(seat),
  }
}

function isPlace(answer: GiveBack | NoPlace): answer is GiveBack {
  return typeof answer === 'function'
}

/** Asked anew after each wait. */
function isAborted(signal: CancelSignal): boolean {
  return signal.aborted
}
