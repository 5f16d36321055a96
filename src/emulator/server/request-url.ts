/** The URL of a request target, whatever it is: a path, a whole URL as to a proxy, or `*`. */
export function requestUrl(target: string | undefined): URL {
  const given = target ?? '/'
  const path = given.startsWith('/') ? given : `/${given.replace(/^https?:\/\/[^/]*\/?/i, '')}`
  return new URL(`http://emulator${path}`)
}
