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

/** Hours are told by a clock that never goes back. */
export function createSpendingHistory(): SpendingHistory {
  const minutes = new Float64Array(MINUTES)
  let newest = -1
  let hourSpend = 0
  let hour = -1
  let usualHour = 0
  let hoursSeen = 0

  /** Empties the minutes that have passed since, and closes an hour that is over. */
  const turn = (nowMs: number): void => {
    const minute = Math.floor(nowMs / MINUTE_MS)
    if (minute <= newest) return
    const passed = Math.min(minute - newest, MINUTES)
    for (let back = 0; back < passed; back++) minutes[(minute - back) % MINUTES] = 0
    newest = minute
    const hourNow = Math.floor(minute / MINUTES)
    if (hourNow === hour) return
    // Hours without work say nothing about what work costs.
    if (hourSpend > 0) {
      usualHour = hoursSeen === 0 ? hourSpend : usualHour + (hourSpend - usualHour) * LEARNING_RATE
      hoursSeen++
    }
    hour = hourNow
    hourSpend = 0
  }

  const sum = (count: number): number => {
    let total = 0
    for (let back = 0; back < count; back++)
      total += minutes[(newest + MINUTES - back) % MINUTES] ?? 0
    return total
  }

  return {
    add(nanoCredits, nowMs) {
      turn(nowMs)
      const index = newest % MINUTES
      minutes[index] = (minutes[index] ?? 0) + nanoCredits
      hourSpend += nanoCredits
    },
    lately(nowMs) {
      turn(nowMs)
      return sum(WINDOW_MINUTES)
    },
    lastHour(nowMs) {
      turn(nowMs)
      return sum(MINUTES)
    },
    usual: (warmUpHours) =>
      hoursSeen < warmUpHours ? undefined : (usualHour * WINDOW_MINUTES) / MINUTES,
  }
}
