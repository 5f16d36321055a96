import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestPath } from '../../core/dialect.ts'
import { MethodNotAllowedError, NotFoundError } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import { asJetwayError, encodeRefusal } from '../call/encode-refusal.ts'
import { requestIdFrom } from '../call/request-id.ts'
import { serveCall } from '../call/serve-call.ts'
import type { Listener } from '../http/http-server.ts'
import type { GatewayHouse } from '../house.ts'
import { SHOWN } from '../../engine/resolve/not-found.ts'
import { send, serveOwn } from '../own/serve-own.ts'
import type { OwnRoute } from '../own/own-route.ts'
import {
  behindGeminiPrefix,
  DATA_ROUTES,
  dialectOfPath,
  GEMINI_ACTIONS,
  GEMINI_PREFIXES,
  geminiTarget,
  isGeminiCall,
} from './data-routes.ts'
import { pathOf } from './path-of.ts'
import { createRouter } from './router.ts'
import type { Found, Router } from './router.ts'

/** One request, and what its address says. */
interface Visit {
  readonly house: GatewayHouse
  readonly router: Router<Serve>
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
}
type Serve = (visit: Visit, params: Readonly<Record<string, string>>) => void

/**
 * Every route of the gateway. Hono's router finds the handler; the handler takes Node's own request and response, so that no web
 * request or stream stands between the client's socket and the upstream's, which costs ten times the rest of a call together.
 */
export function allRoutes(house: GatewayHouse, ownRoutes: readonly OwnRoute[]): Listener {
  const router = createRouter<Serve>()
  for (const { path, withV1, dialect } of DATA_ROUTES) {
    const serve: Serve = (visit) => {
      serveDialect(visit, dialect, undefined)
    }
    router.add('POST', path, serve)
    if (withV1) router.add('POST', `/v1${path}`, serve)
  }
  for (const prefix of GEMINI_PREFIXES) router.add('POST', `${prefix}:target{.+}`, serveGemini)
  for (const route of ownRoutes) {
    router.add(route.method, route.path, ({ request, response }, params) => {
      void serveOwn(house, route, { params, query: queryOf(request) }, request, response)
    })
  }
  return (request, response) => {
    const { url = '/', method = 'GET', headers } = request
    let path = ''
    try {
      path = pathOf(url, headers.host || undefined)
    } catch (error) {
      refuse({ house, router, request, response, path }, asJetwayError(error))
      return
    }
    const visit = { house, router, request, response, path }
    // Node leaves the body of an answer to HEAD out by itself.
    const found = find(visit, method === 'HEAD' ? 'GET' : method)
    if (found === undefined) refuseUnroutable(visit)
    else found.target(visit, found.params)
  }
}

/** What serves a method at an address. Gemini's actions share their paths with the models' own names. */
function find({ router, path }: Visit, method: string): Found<Serve> | undefined {
  const isCall = isGeminiCall(path)
  if (isCall !== undefined && isCall !== (method === 'POST')) return undefined
  return router.find(method, path)
}

function serveDialect(visit: Visit, id: string, path: RequestPath | undefined): void {
  const { house, request, response } = visit
  const dialect = house.dialects.get(id)
  if (dialect === undefined) refuse(visit, notServed(id))
  else void serveCall(house, dialect, request, response, path)
}

function serveGemini(visit: Visit, params: Readonly<Record<string, string>>): void {
  const query = new Map(queryOf(visit.request))
  const found = geminiTarget(params['target'] ?? '', query)
  if (found === undefined) refuseUnroutable(visit)
  else serveDialect(visit, found.dialect, { params: { model: found.model }, query })
}

function queryOf({ url }: IncomingMessage): URLSearchParams {
  const at = url?.indexOf('?') ?? -1
  return new URLSearchParams(at === -1 ? '' : url?.slice(at + 1))
}

const METHODS = ['GET', 'POST', 'DELETE']

/** 405 where another method would do, else 404. */
function refuseUnroutable(visit: Visit): void {
  const { request, path } = visit
  const action = request.method === 'POST' ? actionIn(path) : undefined
  if (action !== undefined) {
    refuse(visit, noAction(action))
    return
  }
  const allowed = METHODS.filter(
    (method) => method !== request.method && find(visit, method) !== undefined,
  )
  if (allowed.length === 0) {
    refuse(visit, noEndpoint())
    return
  }
  const error = new MethodNotAllowedError(`this endpoint takes ${allowed.join(' and ')} only`, {
    code: 'method_not_allowed',
  })
  refuse(visit, error, { allow: allowed.join(', ') })
}

function noEndpoint(): JetwayError {
  return new NotFoundError(
    'there is no such endpoint here; GET /openapi.json lists those there are',
    { code: 'unknown_endpoint' },
  )
}

/** What is asked of a model in Gemini's way: behind the last colon. On OpenAI's paths that may be part of a name (`ft:…`). */
function actionIn(path: string): string | undefined {
  const rest = path.startsWith('/v1beta/') ? (behindGeminiPrefix(path) ?? '') : ''
  const colon = rest.lastIndexOf(':')
  return colon <= 0 ? undefined : rest.slice(colon + 1)
}

function noAction(action: string): JetwayError {
  return new NotFoundError(
    `models have no action '${action.slice(0, SHOWN)}'; there are ${[...GEMINI_ACTIONS].join(', ')}`,
    { code: 'unknown_endpoint' },
  )
}

function notServed(id: string): JetwayError {
  return new NotFoundError(`this gateway does not speak ${id}`, {
    status: 501,
    code: 'not_implemented',
  })
}

function refuse(
  { house, request, response, path }: Visit,
  error: JetwayError,
  extraHeaders: Readonly<Record<string, string>> = {},
): void {
  const id = requestIdFrom(request.headers['x-request-id'], house)
  const dialect = dialectOfPath(path)
  const { status, body, headers } = encodeRefusal(house.dialects, dialect, error, id)
  house.onRefused({ id, method: 'other', route: 'none', error })
  send(response, id, { status, body, headers: { ...extraHeaders, ...headers } })
}
