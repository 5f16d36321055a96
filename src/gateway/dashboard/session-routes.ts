import type { IncomingHttpHeaders } from 'node:http'
import type { Authenticator } from '../../core/authenticator.ts'
import type { Caller } from '../../core/call.ts'
import { AuthenticationError, BadRequestError, PermissionDeniedError } from '../../core/errors.ts'
import { asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { whoIs } from '../admin/who.ts'
import { presentedKeys } from '../call/presented-keys.ts'
import type { OwnAnswer, OwnRequest, OwnRoute } from '../own/own-route.ts'
import { isOwnPage, PAGE_HEADER } from './own-page.ts'
import { sessionCookie, setCookie } from './session-cookie.ts'
import { SESSION_MS } from './sessions.ts'
import type { Sessions } from './sessions.ts'
import type { SignInAttempts } from './sign-in-attempts.ts'

const PATH = '/ui/api/session'

export interface SessionRouteOptions {
  readonly authenticator: Authenticator
  readonly sessions: Sessions
  readonly attempts: SignInAttempts
  /** Whether the gateway has no master key. */
  readonly open: () => boolean
  readonly version: string
}

/** Sign in with a key, see who one is, sign out. */
export function sessionRoutes(options: SessionRouteOptions): readonly OwnRoute[] {
  const { authenticator, sessions, attempts } = options
  const route = (
    method: OwnRoute['method'],
    summary: string,
    answer: OwnRoute['answer'],
  ): OwnRoute => ({ method, path: PATH, access: 'anyone', summary, answer })

  const describe = (caller: Caller): JsonObject => {
    const who = whoIs(caller, PATH)
    return {
      signed_in: true,
      open: options.open(),
      role: who.administrator ? 'administrator' : 'member',
      name: caller.keyAlias ?? caller.userId ?? (caller.kind === 'key' ? 'key' : 'master key'),
      user_id: who.userId ?? null,
      team_id: who.teamId ?? null,
      key_id: who.keyId ?? null,
      version: options.version,
    }
  }

  return [
    route('GET', 'Who is signed in to the dashboard', async ({ headers }) => {
      try {
        return { body: describe(await authenticator.authenticate(presentedKeys(headers))) }
      } catch (error) {
        if (!(error instanceof AuthenticationError || error instanceof PermissionDeniedError)) {
          throw error
        }
        return { body: { signed_in: false, open: false, version: options.version } }
      }
    }),
    route('POST', 'Sign in to the dashboard with a key', async (request) => {
      requireOwnPage(request.headers)
      const address = request.address ?? ''
      attempts.check(address)
      const key = await keyIn(request)
      const caller = await authenticate(authenticator, key, () => {
        attempts.failed(address)
      })
      const token = sessions.open(key)
      if (token === undefined) {
        throw new BadRequestError('this key is too long for a session', { param: 'key' })
      }
      return withCookie(request.headers, token, SESSION_MS / 1000, describe(caller))
    }),
    route('DELETE', 'Sign out of the dashboard', async ({ headers }) => {
      requireOwnPage(headers)
      const token = sessionCookie(headers)
      // With the store away it has ended here, and the browser has forgotten it.
      if (token !== undefined) await sessions.end(token).catch(() => undefined)
      return withCookie(headers, '', 0, { signed_in: false, open: options.open() })
    }),
  ]
}

function requireOwnPage(headers: IncomingHttpHeaders): void {
  if (isOwnPage(headers)) return
  throw new PermissionDeniedError(
    `only the dashboard itself may do this: it sends ${PAGE_HEADER} from the same origin`,
    { code: 'cross_site' },
  )
}

async function keyIn(request: OwnRequest): Promise<string> {
  const key = asString((await request.json())['key'])?.trim()
  if (key !== undefined && key !== '') return key
  throw new BadRequestError('key is missing: the master key, or one of your own', {
    param: 'key',
    code: 'missing',
  })
}

async function authenticate(
  authenticator: Authenticator,
  key: string,
  onRefused: () => void,
): Promise<Caller> {
  try {
    return await authenticator.authenticate([key])
  } catch (error) {
    onRefused()
    throw error
  }
}

function withCookie(
  headers: IncomingHttpHeaders,
  value: string,
  maxAgeSeconds: number,
  body: JsonObject,
): OwnAnswer {
  return { body, headers: { 'set-cookie': setCookie(headers, value, maxAgeSeconds) } }
}
