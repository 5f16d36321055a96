import { AuthenticationError, BadRequestError } from '../core/errors.ts'
import type { Access, Place } from '../core/upstream.ts'

export interface AddressDefaults {
  /** With or without `/v1`. */
  readonly apiBase?: string | undefined
  readonly apiKey?: string | undefined
  /** Named in errors. */
  readonly baseVariable: string
  readonly keyVariable: string
  readonly keyRequired: boolean
}

export interface AddressBook {
  /** Throws an `AuthenticationError` or a `BadRequestError` that says what to set. */
  find(at: Place): Access
}

/** More addresses than anyone configures; a program that makes up new ones forgets the oldest. */
const MAX_KNOWN = 1000

/**
 * Where a deployment's or call's own address and key come together with the defaults. The default key goes to the default
 * address, to https and to loopback: to anyone else in the clear only a key that was given with that address.
 */
export function createAddressBook(defaults: AddressDefaults): AddressBook {
  const bases = new Map<string, Base>()
  const read = (text: string): Base => {
    const known = bases.get(text)
    if (known !== undefined) return known
    const base = readBase(text, defaults.baseVariable)
    const [oldest] = bases.keys()
    if (bases.size >= MAX_KNOWN && oldest !== undefined) bases.delete(oldest)
    bases.set(text, base)
    return base
  }
  return {
    find(at) {
      const text = at.apiBase ?? defaults.apiBase
      if (text === undefined || text === '') throw noBase(defaults)
      const base = read(text)
      const key = at.apiKey ?? defaultKey(defaults, base, at.apiBase === undefined)
      if ((key === undefined || key === '') && defaults.keyRequired) throw noKey(defaults)
      const hasKey = key !== undefined && key !== ''
      return {
        origin: base.origin,
        basePath: base.path,
        authorization: hasKey ? { authorization: `Bearer ${key}` } : {},
        credential: hasKey ? 'key' : 'none',
        generation: 0,
      }
    },
  }
}

interface Base {
  readonly origin: string
  /** Ends in `/v1`, under which all wires lie. */
  readonly path: string
  /** https or loopback. */
  readonly guarded: boolean
}

function defaultKey(
  { apiKey, keyVariable }: AddressDefaults,
  base: Base,
  isDefaultBase: boolean,
): string | undefined {
  if (apiKey === undefined || apiKey === '' || isDefaultBase || base.guarded) return apiKey
  throw new BadRequestError(
    `${keyVariable} is not sent to ${base.origin} in the clear: use https, or give api_key beside api_base`,
    { code: 'insecure_api_base', param: 'api_base' },
  )
}

function readBase(text: string, variable: string): Base {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw badBase(`must be an http(s) address, as http://localhost:4000 (${variable})`)
  }
  if (url.username !== '' || url.password !== '') {
    throw badBase('must hold no user name or password: use api_key')
  }
  if (url.search !== '' || url.hash !== '') throw badBase('must end with its path')
  const path = url.pathname.replace(/\/+$/, '')
  return {
    origin: url.origin,
    path: /\/v\d+$/.test(path) ? path : `${path}/v1`,
    guarded: url.protocol === 'https:' || isLoopback(url.hostname),
  }
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  )
}

function badBase(problem: string): BadRequestError {
  return new BadRequestError(`api_base ${problem}`, { code: 'invalid_api_base', param: 'api_base' })
}

function noBase({ baseVariable }: AddressDefaults): BadRequestError {
  return new BadRequestError(`no address to call: set ${baseVariable}, or give api_base`, {
    code: 'missing_api_base',
    param: 'api_base',
  })
}

function noKey({ keyVariable }: AddressDefaults): AuthenticationError {
  return new AuthenticationError(`no key: set ${keyVariable}, or give api_key`, {
    code: 'missing_api_key',
  })
}
