import type { IncomingHttpHeaders } from 'node:http'
import type { ResponseHeaders } from '../core/upstream.ts'

/** Values of a repeated name joined by `, `. Most answers repeat none, and their record is passed on as it is. */
export function joinHeaders(headers: IncomingHttpHeaders): ResponseHeaders {
  for (const name in headers) {
    const value = headers[name]
    if (Array.isArray(value)) headers[name] = value.join(', ')
  }
  // Every list has become a text above, and undici sets no member to `undefined`.
  return headers as ResponseHeaders
}
