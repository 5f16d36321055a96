import { lookup } from 'node:dns'
import type { IncomingMessage } from 'node:http'
import { request as startRequest } from 'node:https'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import { BadRequestError } from '../core/errors.ts'
import { createPublicAddressCheck } from './public-address.ts'
import type { AddressCheck } from './public-address.ts'

/**
 * Fetches what a client's request points to. The client chooses the address, so every one is checked when it is connected to:
 * the very addresses that were checked are the ones the socket gets, and a name that answers otherwise the next time gains
 * nothing. Only https, no credentials, few redirects, each checked anew.
 */
export type GuardedFetch = (request: GuardedRequest) => Promise<Uint8Array>

export interface GuardedRequest {
  readonly url: string
  /** Larger answers are refused, as soon as they are known to be larger. */
  readonly maxBytes: number
  /** Over all redirects. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface GuardedFetchOptions {
  /** @default every public address */
  readonly isAllowed?: AddressCheck | undefined
  /** All addresses of a name. @default the system's resolver */
  readonly resolve?: Resolve | undefined
  /** Certificates in PEM that are trusted beside Node's own. */
  readonly extraCa?: string | undefined
}

export type Resolve = (
  name: string,
  tell: (error: Error | null, addresses: readonly { readonly address: string }[]) => void,
) => void

const MOST_REDIRECTS = 3
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Throws `BadRequestError`s whose words hold neither the address nor what answered there. */
export function createGuardedFetch(options: GuardedFetchOptions = {}): GuardedFetch {
  const isAllowed = options.isAllowed ?? createPublicAddressCheck()
  const resolve = options.resolve ?? resolveBySystem
  const ca = options.extraCa === undefined ? undefined : [...rootCertificates, options.extraCa]
  const connect = { lookup: guardedLookup(resolve, isAllowed), ca }

  return async ({ url, maxBytes, timeoutMs, signal }) => {
    const own = new AbortController()
    const stop = (): void => {
      own.abort(signal.reason)
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
    const timer = setTimeout(() => {
      own.abort(refusal(`it did not arrive within ${timeoutMs} ms`, 'fetch_timeout'))
    }, timeoutMs)
    timer.unref()
    try {
      let next = checkedUrl(url, isAllowed)
      for (let redirects = 0; ; redirects++) {
        const answer = await open(next, connect, own.signal)
        const location = redirectOf(answer)
        if (location === undefined) return await readBody(answer, maxBytes)
        answer.destroy()
        if (redirects === MOST_REDIRECTS) {
          throw refusal(`it was redirected more than ${MOST_REDIRECTS} times`, 'too_many_redirects')
        }
        next = checkedUrl(absolute(location, next), isAllowed)
      }
    } catch (error) {
      if (own.signal.aborted) throw own.signal.reason
      throw error instanceof BadRequestError ? error : unreachable(error)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      // Whatever is still open by now is not wanted any more.
      own.abort()
    }
  }
}

/** The URL standard has already turned decimal, octal, hexadecimal and short forms of an address into the usual one. */
function checkedUrl(text: string, isAllowed: AddressCheck): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:') throw refusal('only https addresses are fetched', 'not_https')
  if (url.username !== '' || url.password !== '') {
    throw refusal('an address with a user name or password is not fetched', 'url_with_credentials')
  }
  const host = bareHost(url)
  // A literal address is connected to without a lookup.
  if (isIP(host) !== 0 && !isAllowed(host)) throw notPublic()
  return url
}

/** A location may be relative; one that is no address at all is refused as such. */
function absolute(location: string, { href }: URL): string {
  return URL.canParse(location, href) ? new URL(location, href).href : ''
}

function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

interface ConnectOptions {
  readonly lookup: LookupFunction
  readonly ca: string[] | undefined
}

function open(url: URL, connect: ConnectOptions, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = startRequest(url, {
      // A connection of its own: a pooled one would not ask `lookup` again.
      agent: false,
      lookup: connect.lookup,
      ...(connect.ca === undefined ? {} : { ca: connect.ca }),
      signal,
      maxHeaderSize: 16 * 1024,
      headers: { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'jetway' },
    })
    request.once('response', resolve)
    request.on('error', reject)
    request.end()
  })
}

/** Every address of the name has to be allowed: one of several could be the next one tried. */
function guardedLookup(resolve: Resolve, isAllowed: AddressCheck): LookupFunction {
  return (name, { all }, callback) => {
    resolve(name, (error, addresses) => {
      if (error !== null) {
        // Node gives no addresses beside an error.
        callback(error, '', 0)
        return
      }
      const found = addresses.map(({ address }) => ({ address, family: isIP(address) }))
      const [first] = found
      if (first === undefined || !found.every(({ address }) => isAllowed(address))) {
        callback(notPublic(), '', 0)
      } else if (all === true) callback(null, found)
      else callback(null, first.address, first.family)
    })
  }
}

function resolveBySystem(name: string, tell: Parameters<Resolve>[1]): void {
  lookup(name, { all: true }, tell)
}

function redirectOf({ statusCode, headers }: IncomingMessage): string | undefined {
  return REDIRECTS.has(statusCode ?? 0) ? headers.location : undefined
}

function readBody(answer: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(error)
      answer.destroy()
    }
    const { statusCode, headers } = answer
    if (statusCode !== 200) {
      fail(refusal(`its server answered with status ${statusCode}`, 'fetch_failed'))
      return
    }
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
      fail(refusal('its server compressed it although nobody asked for that', 'fetch_failed'))
      return
    }
    const tooLarge = (): BadRequestError =>
      refusal(`it has more than ${maxBytes} bytes`, 'fetched_too_large')
    if (Number(headers['content-length'] ?? 0) > maxBytes) {
      fail(tooLarge())
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    answer.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) fail(tooLarge())
      else chunks.push(chunk)
    })
    answer.on('end', () => {
      resolve(Buffer.concat(chunks))
    })
    answer.on('error', reject)
    answer.on('close', () => {
      reject(refusal('the connection was cut', 'fetch_failed'))
    })
  })
}

function refusal(message: string, code: string): BadRequestError {
  return new BadRequestError(message, { code })
}

function notPublic(): BadRequestError {
  return refusal('its host is not on the public internet', 'address_not_allowed')
}

function unreachable(error: unknown): BadRequestError {
  return new BadRequestError('its server could not be reached', {
    code: 'fetch_failed',
    cause: error,
  })
}
