import { timingSafeEqual } from 'node:crypto'
import type { Authenticator } from '../../core/authenticator.ts'
import type { Caller } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import { AuthenticationError, ServiceUnavailableError } from '../../core/errors.ts'
import { seatOfGrant, seatOfOwner, type SharedSeat } from '../seats/choose-seat.ts'
import { refuseKey } from './check-grant.ts'
import type { GrantCache } from './grant-cache.ts'
import type { Grant } from './key.ts'
import { callerWithGrant } from './key-caller.ts'
import { hashSecret } from './secret.ts'

export interface KeyAuthenticatorOptions {
  /** Unset: calls without a key are the owner's, on loopback. */
  readonly masterKey: () => string | undefined
  readonly grants: GrantCache
  readonly clock: Clock
  /** Who pays for those without a seat of their own. @default 'own' */
  readonly sharedSeat?: SharedSeat | undefined
}

/** The master key, or a virtual key. Hashes are compared, so that time says nothing about how much of a key was right. */
export function createKeyAuthenticator(options: KeyAuthenticatorOptions): Authenticator {
  const { grants, clock, sharedSeat = 'own' } = options
  const owner: Caller = { kind: 'master', seat: seatOfOwner(sharedSeat) }
  const open: Caller = { kind: 'open', seat: seatOfOwner(sharedSeat) }
  /** A grant is kept for a second, and serves many calls. */
  const callers = new WeakMap<Grant, Caller>()
  let master: { readonly key: string; readonly hash: Buffer } | undefined

  const masterHash = (): Buffer | undefined => {
    const key = options.masterKey()
    if (key === undefined) return undefined
    if (master?.key !== key) master = { key, hash: Buffer.from(hashSecret(key)) }
    return master.hash
  }

  const callerOf = (grant: Grant): Caller => {
    const refusal = refuseKey(grant, clock.now())
    if (refusal) throw refusal
    return callers.get(grant) ?? newCaller(grant)
  }

  const newCaller = (grant: Grant): Caller => {
    const { key } = grant
    const caller = callerWithGrant(
      {
        kind: 'key',
        keyId: key.id,
        keyAlias: key.alias ?? key.display,
        userId: key.userId,
        teamId: key.teamId,
        seat: seatOfGrant(grant, sharedSeat),
      },
      grant,
    )
    callers.set(grant, caller)
    return caller
  }

  const search = async (keys: readonly string[]): Promise<Caller> => {
    for (const key of keys) {
      const grant = await findGrant(hashSecret(key))
      if (grant) return callerOf(grant)
    }
    return unknownKey()
  }

  /** An open gateway takes any word for a key, as clients insist on sending one. */
  const unknownKey = (): Caller => {
    if (options.masterKey() === undefined) return open
    throw new AuthenticationError(
      'this key is not known here: it may be mistyped, revoked, or of another gateway',
      { code: 'invalid_key' },
    )
  }

  const findGrant = async (hash: string): Promise<Grant | undefined> => {
    try {
      return await grants.find(hash)
    } catch (cause) {
      throw new ServiceUnavailableError(
        'keys cannot be checked now: the database does not answer. Try again in a moment',
        { cause, retry_after: 2, code: 'store_unavailable' },
      )
    }
  }

  return {
    authenticate(keys) {
      const master = masterHash()
      if (keys.length === 0) {
        if (master === undefined) return open
        throw new AuthenticationError(
          'no key: send one as `Authorization: Bearer sk-…`, `x-api-key`, `api-key` or `x-goog-api-key`',
          { code: 'missing_key' },
        )
      }
      for (const key of keys) {
        const hash = hashSecret(key)
        if (master && timingSafeEqual(Buffer.from(hash), master)) return owner
        const known = grants.find(hash)
        if (known instanceof Promise) return search(keys)
        if (known) return callerOf(known)
      }
      return unknownKey()
    },
  }
}
