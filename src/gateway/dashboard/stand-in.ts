import type { IncomingMessage } from 'node:http'
import { presentedKeys } from '../call/presented-keys.ts'
import { isOwnPage } from './own-page.ts'
import { sessionCookie } from './session-cookie.ts'
import type { Sessions } from './sessions.ts'

/**
 * Lets a session stand for its key: the page's requests reach the same endpoints as everyone's, and these see the key and decide
 * as they would for it. Never where a key was sent, and never for a request that is not the page's own.
 */
export function createStandIn(sessions: Sessions): (request: IncomingMessage) => void {
  return ({ headers }) => {
    if (headers.cookie === undefined || !isOwnPage(headers)) return
    if (presentedKeys(headers).length > 0) return
    const token = sessionCookie(headers)
    const key = token === undefined ? undefined : sessions.keyOf(token)
    if (key !== undefined) headers.authorization = `Bearer ${key}`
  }
}
