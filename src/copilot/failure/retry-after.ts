import type { ResponseHeaders } from '../../core/upstream.ts'

/** Seconds until another try makes sense: `retry-after` in seconds or as a date, else Copilot's or GitHub's own headers. */
export function retryAfterSeconds(headers: ResponseHeaders, nowMs: number): number | undefined {
  return (
    secondsFrom(headers['retry-after'], nowMs) ??
    secondsFrom(headers['x-ratelimit-user-retry-after'], nowMs) ??
    secondsUntilReset(headers, nowMs)
  )
}

function secondsFrom(text: string | undefined, nowMs: number): number | undefined {
  // A header sent twice arrives joined; the first value counts, and a date holds one comma of its own.
  const value = text?.trim()
  if (!value) return undefined
  const number = /^\d+(\.\d+)?(?=$|,)/.exec(value)?.[0]
  if (number !== undefined) return Number(number)
  if (!/^[A-Za-z]{3,9},? /.test(value)) return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - nowMs) / 1000))
}

/** GitHub's REST API: a time in seconds since 1970, which counts only when nothing is left. */
function secondsUntilReset(headers: ResponseHeaders, nowMs: number): number | undefined {
  if (headers['x-ratelimit-remaining'] !== '0') return undefined
  const reset = Number(headers['x-ratelimit-reset'])
  if (!Number.isFinite(reset) || reset <= 0) return undefined
  return Math.max(0, Math.ceil(reset - nowMs / 1000))
}
