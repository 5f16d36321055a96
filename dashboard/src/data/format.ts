const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })
const DAY_MS = 86_400_000

export const count = (value: number): string => whole.format(value)
export const compact = (value: number): string =>
  Math.abs(value) < 10_000 ? whole.format(value) : short.format(value)

/** Enough digits to tell two apart, no more. */
export function credits(value: number): string {
  const size = Math.abs(value)
  const digits = size === 0 || size >= 1000 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 4
  return new Intl.NumberFormat('en-US', {
    minimumFractionDigits: 0,
    maximumFractionDigits: digits,
  }).format(value)
}

export function dollars(creditValue: number): string {
  const usd = creditValue / 100
  if (usd !== 0 && Math.abs(usd) < 0.0001) return 'under $0.0001'
  return `$${usd.toFixed(usd !== 0 && Math.abs(usd) < 0.1 ? 4 : 2)}`
}

export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–'
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

export function percent(part: number, all: number): string {
  if (all === 0) return '–'
  const value = (part / all) * 100
  return `${value.toFixed(value !== 0 && value < 10 ? 1 : 0)} %`
}

export function dateTime(iso: string): string {
  const date = new Date(iso)
  const today = new Date().toDateString() === date.toDateString()
  const time = date.toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  return today ? time : `${dateOf(iso)}, ${time}`
}

export function dateOf(iso: string): string {
  return new Date(iso).toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' })
}

/** The ledger counts days in UTC. */
export const dayText = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
export const daysAgo = (days: number): string => dayText(Date.now() - days * DAY_MS)

/** `1 request`, `2 requests`. */
export const several = (value: number, word: string): string =>
  `${compact(value)} ${word}${value === 1 ? '' : 's'}`
