import { APIConnectionError, BadGatewayError, BadRequestError, Timeout } from '../core/errors.ts'
import type { JetwayError } from '../core/errors.ts'

/** What failed on the way to an upstream, in words for people; `code` is for programs. No header, no path, no credential. */
export function socketError(error: unknown, origin: string): JetwayError {
  const host = hostOf(origin)
  const code = codeOf(error)
  const details = { cause: error }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new Timeout(`${host} did not take the connection in time`, {
      ...details,
      code: 'connect_timeout',
    })
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return new BadRequestError('a header or path of this request cannot be sent over HTTP', {
      ...details,
      code: 'invalid_header',
    })
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || isParserError(error)) {
    return new BadGatewayError(`${host} answered with something that is not HTTP`, {
      ...details,
      code: 'invalid_http',
    })
  }
  const proxy = proxyRefusal(error, code)
  if (proxy !== undefined) {
    return new APIConnectionError(`${host} by way of the proxy: ${proxy}`, {
      ...details,
      code: 'proxy',
    })
  }
  const known = KINDS.find(([pattern]) => pattern.test(code))
  const [, kind, words] = known ?? [undefined, 'connection_failed', 'the connection failed']
  const shown = known === undefined && code !== '' ? `${words} (${code})` : words
  const where = otherAddress(error, origin)
  return new APIConnectionError(`${host}${where}: ${shown}`, { ...details, code: kind })
}

const KINDS: readonly (readonly [RegExp, string, string])[] = [
  [
    /^ECONNREFUSED$/,
    'connection_refused',
    'connection refused; is it running, and the port right?',
  ],
  [
    /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|ECONNABORTED)$/,
    'connection_reset',
    'the connection was cut',
  ],
  [/^(ENOTFOUND|EAI_\w+)$/, 'dns', 'the name could not be resolved (DNS)'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'unreachable', 'there is no route to it'],
  [/^ETIMEDOUT$/, 'connection_timed_out', 'the connection timed out'],
  [
    /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO)/,
    'tls',
    'the TLS handshake failed; a proxy or private CA may need its certificate to be trusted',
  ],
  [/^UND_ERR_RES_CONTENT_LENGTH_MISMATCH$/, 'connection_reset', 'the answer was cut short'],
  [/^UND_ERR_(CLOSED|DESTROYED)$/, 'closed', 'this process is shutting down'],
]

/** What a proxy said of a tunnel; undici has it in its message alone. */
function proxyRefusal(error: unknown, code: string): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (code === 'ERR_PROXY') return error.message
  const [, status] = /^Proxy .*\((\d{3})\)/.exec(error.message) ?? []
  // tinyproxy answers a wrong password with 401.
  if (status === '407' || status === '401') {
    return `it asks for a name and a password, or does not know these (${status}): put them into the address of the proxy, as http://name:password@host:port`
  }
  return status === undefined ? undefined : `it refused the tunnel (${status})`
}

/** Where the socket went, if that is not where the call was to go: a proxy stands there. */
function otherAddress(error: unknown, origin: string): string {
  const { errors } = error as { readonly errors?: readonly unknown[] }
  const failed = (errors?.[0] ?? error) as Partial<Record<'address' | 'port' | 'syscall', unknown>>
  if (failed.syscall !== 'connect' || typeof failed.port !== 'number') return ''
  if (!URL.canParse(origin)) return ''
  const { port, protocol } = new URL(origin)
  const wanted = Number(port || (protocol === 'https:' ? 443 : 80))
  return wanted === failed.port
    ? ''
    : ` by way of the proxy ${String(failed.address)}:${failed.port}`
}

/** undici gives these no code of their own. */
function isParserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'HTTPParserError'
}

/** Node tries several addresses at once and reports them together: the first one's code stands for all. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { code, errors, cause } = error as { code?: unknown; errors?: unknown; cause?: unknown }
  if (typeof code === 'string' && code !== '') return code
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0])
  return cause === undefined ? '' : codeOf(cause)
}

function hostOf(origin: string): string {
  try {
    return new URL(origin).host
  } catch {
    return 'the upstream'
  }
}
