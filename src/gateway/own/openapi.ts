import type { DialectName } from '../../core/call.ts'
import type { JsonObject } from '../../core/json.ts'
import { GEMINI_ACTIONS } from '../routes/data-routes.ts'
import type { DataRoute } from '../routes/data-routes.ts'
import { CALL_SCHEMAS } from './openapi/call-schemas.ts'
import {
  CALL_STATUSES,
  ERROR_SCHEMAS,
  errorResponses,
  GUARDED_STATUSES,
  OPEN_STATUSES,
} from './openapi/errors.ts'
import { OWN_ANSWERS, OWN_COMPONENTS, OWN_QUERIES, OWN_REQUESTS } from './openapi/own-schemas.ts'
import { jsonContent, text, events } from './openapi/schema.ts'
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
    const parameters = [pathParameter('model'), ...(action === STREAM ? [ALT] : [])]
    add(
      `/v1beta/models/{model}:${action}`,
      'post',
      callOperation(`Gemini ${action}`, `gemini:${action}`, parameters),
    )
  }
  for (const route of ownRoutes) {
    const names = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
    const path = route.path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')
    add(path, route.method, ownOperation(route, path, names.map(pathParameter)))
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Jetway', version },
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: { ...ERROR_SCHEMAS, ...OWN_COMPONENTS },
    },
  }
}

const STREAM = 'streamGenerateContent'
const ALT: JsonObject = {
  name: 'alt',
  in: 'query',
  description: '`sse`: as events; else one JSON array',
  schema: { type: 'string', enum: ['sse', 'json'] },
}

function callOperation(summary: string, dialect: string, parameters: JsonObject[]): JsonObject {
  const name = dialect.split(':')[0] ?? dialect
  const { documents, request, answer, stream } = CALL_SCHEMAS[dialect] ?? UNKNOWN
  return {
    summary,
    description: `As its vendor describes it: ${documents}`,
    tags: [name],
    parameters,
    security: SECURITY,
    requestBody: { required: true, content: jsonContent(request) },
    responses: {
      200: {
        description: 'The answer, whole or as a stream',
        headers: REPLY_HEADERS,
        content: {
          ...jsonContent(answer),
          ...(stream === undefined ? {} : { [stream]: { schema: events } }),
        },
      },
      ...errorResponses(name as DialectName, CALL_STATUSES),
    },
  }
}

/** A dialect that was added without a description is still named. */
const UNKNOWN = { documents: '-', request: {}, answer: {}, stream: undefined }

const REPLY_HEADERS: JsonObject = Object.fromEntries(
  [
    ['x-request-id', 'Names the call in log, ledger and `explain`'],
    ['x-jetway-model', 'The model that answered'],
    ['x-jetway-wire', 'The wire it was asked by'],
    ['x-jetway-attempts', 'How often it was asked'],
    ['x-jetway-degraded', 'What a translation could not carry'],
  ].map(([name, description]) => [name, { description, schema: text }]),
)

function ownOperation(route: OwnRoute, path: string, parameters: JsonObject[]): JsonObject {
  const guarded = route.access !== 'anyone'
  const id = `${route.method} ${path.replace(/^\/v1(?=\/)/, '')}`
  const request = OWN_REQUESTS[id]
  const query = Object.entries(OWN_QUERIES[id] ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    schema: schema ?? {},
  }))
  return {
    summary: route.summary,
    tags: ['jetway'],
    parameters: [...parameters, ...query],
    ...(guarded ? { security: SECURITY } : {}),
    ...(request === undefined
      ? {}
      : { requestBody: { required: true, content: jsonContent(request) } }),
    responses: {
      200: { description: 'The answer', ...contentOf(id) },
      ...errorResponses(route.dialect ?? 'chat', guarded ? GUARDED_STATUSES : OPEN_STATUSES),
      ...(READINESS.test(path) ? { 503: { description: 'Not ready', ...contentOf(id) } } : {}),
    },
    ...route.openapi,
  }
}

/** Says why in the same form as when all is well. */
const READINESS = /^\/(readyz|health\/readiness)$/

function contentOf(id: string): JsonObject {
  const content = OWN_ANSWERS[id]
  return content === undefined ? {} : { content }
}

function pathParameter(name: string): JsonObject {
  return { name, in: 'path', required: true, schema: { type: 'string', minLength: 1 } }
}
