import type { JsonObject } from '../../core/json.ts'
import { GEMINI_ACTIONS } from '../routes/data-routes.ts'
import type { DataRoute } from '../routes/data-routes.ts'
import type { OwnRoute } from './own-route.ts'

const SECURITY_SCHEMES: JsonObject = {
  bearer: { type: 'http', scheme: 'bearer' },
  'x-api-key': { type: 'apiKey', in: 'header', name: 'x-api-key' },
  'api-key': { type: 'apiKey', in: 'header', name: 'api-key' },
  'x-goog-api-key': { type: 'apiKey', in: 'header', name: 'x-goog-api-key' },
  'x-litellm-api-key': { type: 'apiKey', in: 'header', name: 'x-litellm-api-key' },
}
const SECURITY = Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] }))

/** The gateway's own description, made from the route tables, so that it names what is really served. */
export function openapiDocument(
  dataRoutes: readonly DataRoute[],
  ownRoutes: readonly OwnRoute[],
  version: string,
): JsonObject {
  const paths = new Map<string, JsonObject>()
  const add = (path: string, method: string, operation: JsonObject): void => {
    const known = paths.get(path) ?? {}
    paths.set(path, { ...known, [method.toLowerCase()]: operation })
  }
  for (const { path, withV1, summary, dialect } of dataRoutes) {
    for (const full of withV1 ? [`/v1${path}`, path] : [path]) {
      add(full, 'post', callOperation(summary, dialect, []))
    }
  }
  for (const action of GEMINI_ACTIONS) {
    const parameters = [pathParameter('model')]
    add(
      `/v1beta/models/{model}:${action}`,
      'post',
      callOperation(`Gemini ${action}`, `gemini:${action}`, parameters),
    )
  }
  for (const route of ownRoutes) {
    const names = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
    const path = route.path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')
    add(path, route.method, ownOperation(route, names.map(pathParameter)))
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Jetway', version },
    paths: Object.fromEntries(paths),
    components: { securitySchemes: SECURITY_SCHEMES },
  }
}

function callOperation(summary: string, dialect: string, parameters: JsonObject[]): JsonObject {
  return {
    summary,
    tags: [dialect.split(':')[0] ?? dialect],
    parameters,
    security: SECURITY,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { type: 'object' } } },
    },
    responses: {
      200: {
        description: 'The answer, whole or as a stream',
        content: {
          'application/json': { schema: { type: 'object' } },
          'text/event-stream': { schema: { type: 'string' } },
        },
      },
      ...errorResponses('400', '401', '403', '404', '413', '429', '500', '502', '503', '504'),
    },
  }
}

function ownOperation(route: OwnRoute, parameters: JsonObject[]): JsonObject {
  const guarded = route.access !== 'anyone'
  return {
    summary: route.summary,
    tags: ['jetway'],
    parameters,
    ...(guarded ? { security: SECURITY } : {}),
    ...(route.method === 'POST'
      ? { requestBody: { content: { 'application/json': { schema: { type: 'object' } } } } }
      : {}),
    responses: {
      200: { description: 'The answer' },
      ...errorResponses(...(guarded ? ['400', '401', '403', '404', '503'] : ['503'])),
    },
    ...route.openapi,
  }
}

function errorResponses(...statuses: readonly string[]): JsonObject {
  const content = { 'application/json': { schema: { type: 'object' } } }
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: 'An error in the dialect’s own form', content },
    ]),
  )
}

function pathParameter(name: string): JsonObject {
  return { name, in: 'path', required: true, schema: { type: 'string' } }
}
