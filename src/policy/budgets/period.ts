/** A budget's period, as people write it: `1d`, `7d`, `1mo`, `12h`, or none for a budget that never returns. */
export interface Period {
  readonly startMs: number
  /** When the budget returns; undefined for one that never does. */
  readonly endMs: number | undefined
}

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Milliseconds of `30s`, `5m`, `12h`, `7d`, `2w`; months have no fixed length and give `undefined`, as does nonsense. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+)(s|m|h|d|w)$/.exec(text.trim())
  if (!match) return undefined
  const amount = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]
  return amount > 0 && Number.isSafeInteger(amount) ? amount : undefined
}

export function isPeriod(text: string): boolean {
  return months(text) !== undefined || parseDuration(text) !== undefined
}

/**
 * The period that `nowMs` is in. Days start at midnight, weeks on Monday, months on the first, all UTC, so that every
 * replica and every report agrees; other durations are counted from 1970.
 */
export function periodAt(period: string | undefined, nowMs: number): Period {
  if (period === undefined) return { startMs: 0, endMs: undefined }
  const count = months(period)
  if (count !== undefined) {
    const now = new Date(nowMs)
    const month = (now.getUTCFullYear() - 1970) * 12 + now.getUTCMonth()
    const first = month - (month % count)
    return { startMs: Date.UTC(1970, first, 1), endMs: Date.UTC(1970, first + count, 1) }
  }
  const length = parseDuration(period)
  if (length === undefined) throw new RangeError(`not a duration: ${period}`)
  // 1970 began on a Thursday: weeks are shifted so that they begin on a Monday.
  const shift = length % UNIT_MS.w === 0 ? 4 * UNIT_MS.d : 0
  const startMs = Math.floor((nowMs - shift) / length) * length + shift
  return { startMs, endMs: startMs + length }
}

function months(text: string): number | undefined {
  const match = /^(\d+)mo$/.exec(text.trim())
  const count = Number(match?.[1])
  return count > 0 ? count : undefined
}
