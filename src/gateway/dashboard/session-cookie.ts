import type { IncomingHttpHeaders } from 'node:http'

/**
 * Cookies do not tell ports apart, so the name does: two gateways on one machine would else sign each other's people out.
 */
export function cookieName(host: string | undefined): string {
  const port = /:(\d{1,5})$/.exec(host ?? '')?.[1]
  return port === undefined ? 'jetway_session' : `jetway_session_${port}`
}

export function sessionCookie(headers: IncomingHttpHeaders): string | undefined {
  const start = `${cookieName(headers.host)}=`
  for (const part of (headers.cookie ?? '').split(';')) {
    const pair = part.trim()
    if (pair.startsWith(start)) return pair.slice(start.length)
  }
  return undefined
}

/** `maxAgeSeconds` 0 takes it away. */
export function setCookie(
  headers: IncomingHttpHeaders,
  value: string,
  maxAgeSeconds: number,
): string {
  // Behind a proxy that speaks TLS. On plain HTTP browsers would drop a cookie that asks for it.
  const secure = headers['x-forwarded-proto'] === 'https' ? '; Secure' : ''
  return `${cookieName(headers.host)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`
}
