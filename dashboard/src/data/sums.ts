import type { CallRow, Summary } from './types.ts'
import { dayText } from './format.ts'
import type { Point } from './point.ts'

const DAY_MS = 86_400_000

export type Measure = 'spend_credits' | 'calls' | 'failed' | 'total_tokens'

/** A point for each day of the range, also for those without calls. */
export function pointsByDay(rows: readonly Summary[], days: number, measure: Measure): Point[] {
  const known = new Map(rows.map((row) => [row.day, row]))
  const today = Date.parse(dayText(Date.now()))
  return Array.from({ length: days }, (_, index) => {
    const at = today - (days - 1 - index) * DAY_MS
    return { at: at / 1000, value: known.get(dayText(at))?.[measure] ?? 0 }
  })
}

/** The median time to the first byte, in slices of the time that the calls span. */
export function firstByteOverTime(calls: readonly CallRow[], slices = 24): Point[] {
  const timed = calls.filter((call) => call.first_byte_ms !== null && call.outcome === 'ok')
  if (timed.length === 0) return []
  const times = timed.map((call) => Date.parse(call.startTime))
  const from = Math.min(...times)
  const width = Math.max((Math.max(...times) - from) / slices, 1000)
  const buckets = new Map<number, number[]>()
  timed.forEach((call, index) => {
    const slice = Math.floor(((times[index] ?? from) - from) / width)
    buckets.set(slice, [...(buckets.get(slice) ?? []), call.first_byte_ms ?? 0])
  })
  return [...buckets]
    .sort(([first], [second]) => first - second)
    .map(([slice, values]) => ({
      at: (from + (slice + 0.5) * width) / 1000,
      value: median(values),
    }))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((first, second) => first - second)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

export const total = (rows: readonly Summary[], measure: keyof Summary): number =>
  rows.reduce((sum, row) => sum + Number(row[measure] ?? 0), 0)

export interface Forecast {
  readonly spent: number
  /** What the month comes to at the pace so far. */
  readonly atMonthsEnd: number
}

/** UTC, as GitHub's months are. */
export function forecast(rows: readonly Summary[], now: Date = new Date()): Forecast {
  const month = dayText(now.getTime()).slice(0, 7)
  const spent = total(
    rows.filter((row) => row.day?.startsWith(month)),
    'spend_credits',
  )
  const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)
  const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)
  // Within the first hours a pace says nothing yet: a day counts as begun.
  const elapsed = Math.max(now.getTime() - start, DAY_MS)
  return { spent, atMonthsEnd: (spent / elapsed) * (end - start) }
}
