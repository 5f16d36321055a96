import { hash, timingSafeEqual } from 'node:crypto'
import type { Authenticator } from '../../core/authenticator.ts'
import { OWN_SEAT } from '../../core/call.ts'
import type { Caller } from '../../core/call.ts'
import { AuthenticationError } from '../../core/errors.ts'

const OPEN: Caller = { kind: 'open', seat: OWN_SEAT }
const MASTER: Caller = { kind: 'master', seat: OWN_SEAT }

/**
 * Knows one key, or none: then everyone may call, and what he presents is not looked at. Hashes are compared, in constant
 * time: they are of one length, and neither the key's length nor its start can be measured.
 */
export function createMasterKeyAuthenticator(masterKey: () => string | undefined): Authenticator {
  let known: { readonly key: string; readonly digest: Buffer } | undefined
  return {
    authenticate(keys) {
      const key = masterKey()
      if (key === undefined) return OPEN
      if (known?.key !== key) known = { key, digest: digestOf(key) }
      const { digest } = known
      if (keys.some((presented) => timingSafeEqual(digestOf(presented), digest))) return MASTER
      throw keys.length === 0 ? missingKey() : unknownKey()
    },
  }
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer')
}

function missingKey(): AuthenticationError {
  return new AuthenticationError(
    'this gateway needs an API key: send it as "Authorization: Bearer <key>" or in x-api-key',
    { code: 'missing_api_key' },
  )
}

function unknownKey(): AuthenticationError {
  return new AuthenticationError('this API key is not known to the gateway', {
    code: 'invalid_api_key',
  })
}
