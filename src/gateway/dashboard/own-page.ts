import type { IncomingHttpHeaders } from 'node:http'

/** The dashboard's requests carry it; another page's cannot without a pre-flight, which is not granted. */
export const PAGE_HEADER = 'x-jetway-dashboard'

/**
 * Whether a request comes from the gateway's own page: by the header only scripts of the same origin can set, and by what the
 * browser says of where it comes from. https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function isOwnPage(headers: IncomingHttpHeaders): boolean {
  if (headers[PAGE_HEADER] === undefined) return false
  // Only browsers write it, so it is believed where it is sent: a proxy may have changed the host that origins are compared with.
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin, host } = headers
  if (origin === undefined) return true
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()
}
