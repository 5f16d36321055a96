import type { ResponseHeaders } from '../core/upstream.ts'

/** Seconds until another try makes sense: `retry-after-ms`, or `retry-after` as seconds or as a date. */
export function readRetryAfter(headers: ResponseHeaders, nowMs: number): number | undefined {
  const milliseconds = readNumber(headers['retry-after-ms'])
  if (milliseconds !== undefined) return milliseconds / 1000
  const text = headers['retry-after']
  const seconds = readNumber(text)
  if (seconds !== undefined) return seconds
  const date = text === undefined ? NaN : Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - nowMs) / 1000)
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined
}
