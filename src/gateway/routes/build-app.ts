import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { RequestPath } from '../../core/dialect.ts'
import { JetwayError, MethodNotAllowedError, NotFoundError } from '../../core/errors.ts'
import { encodeRefusal } from '../call/encode-refusal.ts'
import { requestIdFrom } from '../call/request-id.ts'
import { serveCall } from '../call/serve-call.ts'
import type { GatewayHouse } from '../house.ts'
import { send, serveOwn } from '../own/serve-own.ts'
import type { OwnRoute } from '../own/own-route.ts'
import { DATA_ROUTES, dialectOfPath, GEMINI_PREFIXES, geminiTarget } from './data-routes.ts'

type Environment = { Bindings: HttpBindings }
type App = Hono<Environment>
type RouteContext = Context<Environment>

/**
 * Every route of the gateway. Hono finds the handler; the handler takes Node's own request and response, so that no web
 * stream stands between the client's socket and the upstream's, which costs ten times the rest together.
 */
export function buildApp(house: GatewayHouse, ownRoutes: readonly OwnRoute[]): App {
  const app: App = new Hono({ strict: true })
  for (const route of DATA_ROUTES) {
    for (const path of route.withV1 ? [route.path, `/v1${route.path}`] : [route.path]) {
      app.post(path, (context) => serveDialect(house, route.dialect, context, undefined))
    }
  }
  for (const prefix of GEMINI_PREFIXES) {
    app.post(`${prefix}:target{.+}`, (context) => serveGemini(house, app, context))
  }
  for (const route of ownRoutes) {
    app.on(route.method, route.path, (context) => {
      const match = { params: context.req.param(), query: queryOf(context) }
      const { incoming, outgoing } = context.env
      void serveOwn(house, route, match, incoming, outgoing)
      return RESPONSE_ALREADY_SENT
    })
  }
  app.notFound((context) => refuseUnroutable(house, app, context))
  app.onError((_error, context) =>
    refuse(house, context, new JetwayError('the request cannot be read', { status: 400 })),
  )
  return app
}

function serveDialect(
  house: GatewayHouse,
  id: string,
  context: RouteContext,
  path: RequestPath | undefined,
): Response {
  const dialect = house.dialects.get(id)
  if (dialect === undefined) return refuse(house, context, notServed(id))
  const { incoming, outgoing } = context.env
  void serveCall(house, dialect, incoming, outgoing, path)
  return RESPONSE_ALREADY_SENT
}

function serveGemini(house: GatewayHouse, app: App, context: RouteContext): Response {
  const query = new Map(queryOf(context))
  const target = geminiTarget(context.req.param('target') ?? '', query)
  if (target === undefined) return refuseUnroutable(house, app, context)
  return serveDialect(house, target.dialect, context, { params: { model: target.model }, query })
}

function queryOf(context: RouteContext): URLSearchParams {
  const { url } = context.env.incoming
  const at = url?.indexOf('?') ?? -1
  return new URLSearchParams(at === -1 ? '' : url?.slice(at + 1))
}

const METHODS = ['GET', 'POST', 'DELETE']

/** 405 where another method would do, else 404. */
function refuseUnroutable(house: GatewayHouse, app: App, context: RouteContext): Response {
  const { path, method: asked } = context.req
  // Gemini's paths take any action behind the model's name, so what came here with POST is none.
  const allowed = METHODS.filter(
    (method) => method !== asked && app.router.match(method, path)[0].length > 0,
  )
  if (allowed.length === 0) return refuse(house, context, noEndpoint())
  const error = new MethodNotAllowedError(`this endpoint takes ${allowed.join(' and ')} only`, {
    code: 'method_not_allowed',
  })
  return refuse(house, context, error, { allow: allowed.join(', ') })
}

function noEndpoint(): JetwayError {
  return new NotFoundError(
    'there is no such endpoint here; GET /openapi.json lists those there are',
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
  house: GatewayHouse,
  context: RouteContext,
  error: JetwayError,
  extraHeaders: Readonly<Record<string, string>> = {},
): Response {
  const { incoming, outgoing } = context.env
  const id = requestIdFrom(incoming.headers['x-request-id'])
  const dialect = dialectOfPath(context.req.path)
  const { status, body, headers } = encodeRefusal(house.dialects, dialect, error, id)
  house.onRefused({ id, method: 'other', route: 'none', error })
  send(outgoing, id, { status, body, headers: { ...extraHeaders, ...headers } })
  return RESPONSE_ALREADY_SENT
}
