import type { IncomingMessage, ServerResponse } from 'node:http'
import { BadRequestError } from '../../core/errors.ts'
import { asJetwayError, encodeRefusal } from '../call/encode-refusal.ts'
import { requestIdFrom } from '../call/request-id.ts'
import type { GatewayHouse } from '../house.ts'
import { send } from '../own/serve-own.ts'
import { dialectOfPath } from '../routes/data-routes.ts'
import { createHostGuard } from './host-guard.ts'
import type { Listener } from './http-server.ts'
import { normaliseUrl } from './normalise-url.ts'
import { createOriginGuard } from './origin-guard.ts'

/** Looks at every request before a route is sought: its path made plain, its host and origin ours to answer. */
export function createGuardedListener(
  house: GatewayHouse,
  boundTo: string,
  next: Listener,
): Listener {
  let made: ReturnType<typeof guardsFor> | undefined
  const guards = (): ReturnType<typeof guardsFor> => {
    const settings = house.settings()
    if (made?.settings !== settings) made = guardsFor(settings, boundTo)
    return made
  }
  return (request, response) => {
    try {
      request.url = normaliseUrl(request.url ?? '/')
      requireOneHost(request.rawHeaders)
      const { checkHost, origins } = guards()
      checkHost(request.headers.host)
      if (origins.check(request, response)) return
    } catch (thrown) {
      answer(house, thrown, request, response)
      return
    }
    next(request, response)
  }
}

/** Node takes the first of several, a proxy in front may have taken the last: https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
function requireOneHost(rawHeaders: readonly string[]): void {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  if (hosts < 2) return
  throw new BadRequestError('the request names more than one host', { code: 'bad_http' })
}

function guardsFor(settings: ReturnType<GatewayHouse['settings']>, boundTo: string) {
  return {
    settings,
    checkHost: createHostGuard(boundTo, settings.allowedHosts ?? []),
    origins: createOriginGuard(settings.allowedOrigins ?? [], settings.masterKey === undefined),
  }
}

function answer(
  house: GatewayHouse,
  thrown: unknown,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const error = asJetwayError(thrown)
  const id = requestIdFrom(request.headers['x-request-id'], house)
  house.onRefused({ id, method: 'other', route: 'none', error })
  const dialect = dialectOfPath(request.url ?? '/')
  send(response, id, encodeRefusal(house.dialects, dialect, error, id))
}
