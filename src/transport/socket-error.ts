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
  const known = KINDS.find(([pattern]) => pattern.test(code))
  const [, kind, words] = known ?? [undefined, 'connection_failed', 'the connection failed']
  const shown = known === undefined && code !== '' ? `${words} (${code})` : words
  return new APIConnectionError(`${host}: ${shown}`, { ...details, code: kind })
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
