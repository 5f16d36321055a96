import type { Caller } from '../../core/call.ts'
import { PermissionDeniedError } from '../../core/errors.ts'
import { refuseRoute } from '../../policy/keys/check-grant.ts'
import { grantOfCaller } from '../../policy/keys/key-caller.ts'

/** Who asks, as administration sees it. */
export interface Who {
  /** As the audit log names them: `master`, `user:ada`, `key:ci`. */
  readonly actor: string
  readonly administrator: boolean
  readonly keyId: string | undefined
  readonly userId: string | undefined
  readonly teamId: string | undefined
}

/** The master key, an open gateway's owner on loopback, and users with the role; but no key that is kept to other paths. */
export function whoIs(caller: Caller | undefined, path: string): Who {
  const grant = caller && grantOfCaller(caller)
  const isOwner = caller !== undefined && caller.kind !== 'key'
  const hasRole = grant?.user?.role === 'administrator' && refuseRoute(grant, path) === undefined
  return {
    actor: actorOf(caller),
    administrator: isOwner || hasRole,
    keyId: caller?.keyId,
    userId: caller?.userId,
    teamId: caller?.teamId,
  }
}

/** A key that is kept to some paths changes nothing by others. */
export function requireRoute(caller: Caller | undefined, path: string): void {
  const grant = caller && grantOfCaller(caller)
  const refusal = grant && refuseRoute(grant, path)
  if (refusal) throw refusal
}

export function requireAdministrator(who: Who): void {
  if (who.administrator) return
  throw new PermissionDeniedError(
    'this is for administrators: use the master key, or a key of a user with the role `administrator`',
    { code: 'administrator_needed' },
  )
}

/** Their own, where they are no administrators: by user where the key has one, else the key alone. */
export function ownOnly(who: Who): { readonly userId?: string; readonly keyId?: string } {
  if (who.administrator) return {}
  if (who.userId !== undefined) return { userId: who.userId }
  return { keyId: who.keyId ?? '' }
}

function actorOf(caller: Caller | undefined): string {
  if (caller === undefined || caller.kind !== 'key') return 'master'
  return caller.userId === undefined
    ? `key:${caller.keyAlias ?? caller.keyId}`
    : `user:${caller.userId}`
}
