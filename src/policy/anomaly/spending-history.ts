const MINUTE_MS = 60_000
const MINUTES = 60
/** The short window: long enough that one big call is no anomaly, short enough to save most of an hour's credits. */
const WINDOW_MINUTES = 10
/** How much the newest hour counts towards what is usual. */
const LEARNING_RATE = 0.2

/** What a seat or a key spends: by the minute for an hour, and how much an hour of work usually comes to. */
export interface SpendingHistory {
  add(nanoCredits: number, nowMs: number): void
  /** The last ten minutes. */
  lately(nowMs: number): number
  lastHour(nowMs: number): number
  /** For ten minutes of an hour in which anything was spent; `undefined` before the warm-up is over. */
  usual(warmUpHours: number): number | undefined
}

/** Hours are told by a clock that never goes back. Both sums are kept, so that a call costs two additions. */
export function createSpendingHistory(): SpendingHistory {
  const minutes = new Float64Array(MINUTES)
  let newest = -1
  let lastHour = 0
  let lately = 0
  let hourSpend = 0
  let hour = -1
  let usualHour = 0
  let hoursSeen = 0

  const at = (minute: number): number => minutes[(minute + MINUTES) % MINUTES] ?? 0

  /** Minute by minute: takes out what leaves a window, and closes an hour that is over. */
  const turn = (nowMs: number): void => {
    const minute = Math.floor(nowMs / MINUTE_MS)
    if (minute <= newest) return
    if (minute - newest >= MINUTES) {
      minutes.fill(0)
      lastHour = 0
      lately = 0
      newest = minute
    }
    while (newest < minute) {
      newest++
      lately -= at(newest - WINDOW_MINUTES)
      lastHour -= at(newest)
      minutes[newest % MINUTES] = 0
    }
    closeHour(Math.floor(minute / MINUTES))
  }

  const closeHour = (hourNow: number): void => {
    if (hourNow === hour) return
    // Hours without work say nothing about what work costs.
    if (hourSpend > 0) {
      usualHour = hoursSeen === 0 ? hourSpend : usualHour + (hourSpend - usualHour) * LEARNING_RATE
      hoursSeen++
    }
    hour = hourNow
    hourSpend = 0
  }

  return {
    add(nanoCredits, nowMs) {
      turn(nowMs)
      const index = newest % MINUTES
      minutes[index] = (minutes[index] ?? 0) + nanoCredits
      lastHour += nanoCredits
      lately += nanoCredits
      hourSpend += nanoCredits
    },
    lately(nowMs) {
      turn(nowMs)
      return lately
    },
    lastHour(nowMs) {
      turn(nowMs)
      return lastHour
    },
    usual: (warmUpHours) =>
      hoursSeen < warmUpHours ? undefined : (usualHour * WINDOW_MINUTES) / MINUTES,
  }
}
