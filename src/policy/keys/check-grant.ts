import { AuthenticationError, PermissionDeniedError, type JetwayError } from '../../core/errors.ts'
import type { Grant } from './key.ts'

/** Whether the key may be used at all, now; the reason when it may not. */
export function refuseKey(grant: Grant, nowMs: number): JetwayError | undefined {
  const { key, user, team, deletedOwner } = grant
  if (deletedOwner) {
    const { kind, id } = deletedOwner
    return new AuthenticationError(
      `the ${kind} ${id} of the key ${named(grant)} was deleted: ask for a new one`,
      { code: 'key_owner_deleted' },
    )
  }
  if (key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs) {
    return new AuthenticationError(
      `the key ${named(grant)} expired on ${new Date(key.expiresAtMs).toISOString()}: ask for a new one`,
      { code: 'key_expired' },
    )
  }
  if (key.blocked) return blocked(`the key ${named(grant)}`)
  if (user?.blocked) return blocked(`the user ${user.id} of the key ${named(grant)}`)
  if (team?.blocked) return blocked(`the team ${team.id} of the key ${named(grant)}`)
  return undefined
}

/** Whether the key may ask this model: each of key, user and team that lists models must list it. */
export function refuseModel(grant: Grant, names: readonly string[]): JetwayError | undefined {
  const owners = [
    ['key', named(grant), grant.key.models],
    ['user', grant.user?.id ?? '', grant.user?.models ?? []],
    ['team', grant.team?.id ?? '', grant.team?.models ?? []],
  ] as const
  for (const [kind, name, models] of owners) {
    if (
      models.length === 0 ||
      models.some((pattern) => names.some((candidate) => matches(pattern, candidate)))
    )
      continue
    return new PermissionDeniedError(
      `the ${kind} ${name} may not use the model ${names[0] ?? ''}; it may use ${models.join(', ')}`,
      { code: 'model_not_allowed', param: 'model' },
    )
  }
  return undefined
}

/** Whether the key may use this path: `/v1/chat` allows everything below it. */
export function refuseRoute(grant: Grant, path: string): JetwayError | undefined {
  const { routes } = grant.key
  const allowed = routes.some(
    (route) => path === route || path.startsWith(route.endsWith('/') ? route : `${route}/`),
  )
  if (routes.length === 0 || allowed) return undefined
  return new PermissionDeniedError(
    `the key ${named(grant)} may not use ${path}; it may use ${routes.join(', ')}`,
    {
      code: 'route_not_allowed',
    },
  )
}

/** `*` stands for any run of characters; there is nothing else to a pattern. */
export function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === name
  if (!name.startsWith(first)) return false
  let at = first.length
  for (const [index, piece] of rest.entries()) {
    if (index === rest.length - 1) return piece.length <= name.length - at && name.endsWith(piece)
    const found = name.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return true
}

function named({ key }: Grant): string {
  return key.alias ?? key.display
}

function blocked(subject: string): PermissionDeniedError {
  return new PermissionDeniedError(`${subject} is blocked: ask whoever runs this gateway`, {
    code: 'key_blocked',
  })
}
