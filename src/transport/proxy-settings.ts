import { BadRequestError } from '../core/errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Which proxy takes requests of each scheme, as curl and Node's own tools read the environment. */
export interface ProxySettings {
  readonly http: URL | undefined
  readonly https: URL | undefined
  /** As written: hosts that are reached without. */
  readonly noProxy: string
}

const SCHEMES = new Set(['http:', 'https:', 'socks5:', 'socks5h:', 'socks:'])

/** `undefined`: there is none. Throws a `BadRequestError` for an address that is none. */
export function readProxies(environment: Environment): ProxySettings | undefined {
  const all = readProxy(environment, 'ALL_PROXY')
  const http = readProxy(environment, 'HTTP_PROXY') ?? all
  // One that is set alone takes both, as it always has.
  const https = readProxy(environment, 'HTTPS_PROXY') ?? all ?? http
  if (!http && !https) return undefined
  return { http, https, noProxy: valueOf(environment, 'NO_PROXY') }
}

export function isSocks({ protocol }: URL): boolean {
  return protocol.startsWith('socks')
}

/** `proxy:3128` means `http://proxy:3128`, as with curl. */
function readProxy(environment: Environment, name: string): URL | undefined {
  const text = valueOf(environment, name)
  if (text === '') return undefined
  const address = text.includes('://') ? text : `http://${text}`
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url && SCHEMES.has(url.protocol) && url.hostname !== '') return url
  throw new BadRequestError(
    `${name} is no address of a proxy: write http://host:port, https://host:port or socks5://host:port`,
    { code: 'bad_proxy', param: name },
  )
}

/** Small letters win, where both are set. */
function valueOf(environment: Environment, name: string): string {
  return (environment[name.toLowerCase()] ?? environment[name] ?? '').trim()
}
