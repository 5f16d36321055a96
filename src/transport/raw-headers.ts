import type { ResponseHeaders } from '../core/upstream.ts'

/** Names and values alternating, as they stood on the socket; from HTTP/2 they may be text already. */
export type RawHeaders = readonly (Buffer | string | readonly (Buffer | string)[])[]

/** Names in lower case; values of a repeated name joined by `, `. */
export function readRawHeaders(raw: RawHeaders): ResponseHeaders {
  const headers: Record<string, string> = {}
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = text(raw[at]).toLowerCase()
    const value = text(raw[at + 1])
    // Not what a name like `constructor` finds in every object.
    const known = Object.hasOwn(headers, name) ? headers[name] : undefined
    headers[name] = known === undefined ? value : `${known}, ${value}`
  }
  return headers
}

function text(value: RawHeaders[number] | undefined): string {
  if (typeof value === 'string') return value
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  return (value ?? []).map((one) => text(one)).join(', ')
}
