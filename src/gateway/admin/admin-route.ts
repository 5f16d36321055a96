import * as z from 'zod'
import { nearestName } from '../../config/nearest.ts'
import { BadRequestError, ServiceUnavailableError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { OnlyOnce } from '../../policy/admin/idempotency.ts'
import { isStoreFailure, reasonOf } from '../../store/index.ts'
import type { OwnAnswer, OwnRequest, OwnRoute } from '../own/own-route.ts'
import { requireAdministrator, requireRoute, whoIs, type Who } from './who.ts'

/** What a handler gets: checked values, and who sent them. */
export interface AdminRequest<Query, Body> {
  readonly who: Who
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
  readonly signal: AbortSignal
}

/** One endpoint of administration: the table's rows are these, and routing, checking and `/openapi.json` all read them. */
export interface AdminRoute<
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly summary: string
  /** `owner`: every key, and the handler gives it no more than what is its own. */
  readonly may: 'administrator' | 'owner'
  /** These two are made when the endpoint is first asked: all of them together take a twentieth of a start. */
  readonly query?: (() => Query) | undefined
  readonly body?: (() => Body) | undefined
  /** Changes something: may carry an `Idempotency-Key`. */
  readonly writes?: boolean | undefined
  readonly handle: (
    request: AdminRequest<z.output<Query>, z.output<Body>>,
  ) => Promise<JsonValue | OwnAnswer>
}

/** Types a row by its own schemas, and forgets them for the table. */
export function adminRoute<Query extends z.ZodType, Body extends z.ZodType>(
  route: AdminRoute<Query, Body>,
): AdminRoute {
  // The handler is only ever called with what its own schemas gave.
  return route
}

/** An answer with a status, headers or pieces of its own, in place of a plain body. */
export function answerWith(answer: OwnAnswer): OwnAnswer {
  return Object.assign(answer, { [whole]: true as const })
}
const whole: unique symbol = Symbol('answer')

export function ownRouteFrom(route: AdminRoute, onlyOnce: OnlyOnce): OwnRoute {
  /** Where nothing can be asked for, a word that was meant to narrow the answer is a mistake: hence an empty `query`. */
  let made: { readonly query: z.ZodType; readonly body: z.ZodType | undefined } | undefined
  return {
    method: route.method,
    path: route.path,
    access: 'caller',
    summary: route.summary,
    // Made when somebody reads it: of all rows together it takes a tenth of a start.
    get openapi() {
      return describe(route)
    },
    async answer(request) {
      const who = whoIs(request.caller, route.path)
      if (route.method !== 'GET') requireRoute(request.caller, route.path)
      if (route.may === 'administrator') requireAdministrator(who)
      made ??= { query: route.query?.() ?? z.strictObject({}), body: route.body?.() }
      const query = check(made.query, Object.fromEntries(request.query), 'query')
      const sent = made.body ? await request.json() : {}
      const body = check(made.body, sent, 'body')
      const { params, signal } = request
      const work = () => orAway(route.handle({ who, params, query, body, signal }))
      const key = route.writes ? idempotencyKey(request) : undefined
      if (key === undefined) return answerFrom(await work())
      const content = JSON.stringify([route.method, route.path, params, sent])
      return answerFrom(
        // Writes answer with plain bodies.
        await onlyOnce.run({ actor: who.actor, key, content }, work as () => Promise<JsonValue>),
      )
    },
  }
}

/** A full disk or a database that is away is no defect of ours, and another try may do. */
async function orAway<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer
  } catch (error) {
    if (!isStoreFailure(error)) throw error
    throw new ServiceUnavailableError(
      `the database cannot do this now (${reasonOf(error)}): try again once it answers and has room`,
      { cause: error, code: 'store_unavailable', retry_after: 5 },
    )
  }
}

function answerFrom(value: JsonValue | OwnAnswer): OwnAnswer {
  return typeof value === 'object' && value !== null && whole in value
    ? (value as OwnAnswer)
    : { body: value as JsonValue }
}

function idempotencyKey({ headers }: OwnRequest): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new BadRequestError('Idempotency-Key must be 1 to 255 printable characters', {
    code: 'invalid_value',
    param: 'Idempotency-Key',
  })
}

function check(schema: z.ZodType | undefined, value: JsonObject, where: 'query' | 'body'): unknown {
  if (!schema) return value
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw explain(result.error, schema, where)
}

/** Names the first field that is wrong, and what it should be; for an unknown one, the nearest known. */
function explain(error: z.ZodError, schema: z.ZodType, where: string): BadRequestError {
  const [issue] = error.issues
  const path = issue?.path.join('.') ?? ''
  if (issue?.code === 'unrecognized_keys') {
    const [unknown = ''] = issue.keys
    const near = nearestName(unknown, Object.keys((schema as { shape?: object }).shape ?? {}))
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    return refuse(`${unknown} is not known here${hint}`, unknown)
  }
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : ''
  return refuse(
    `${path === '' ? `the ${where}` : path}: ${issue?.message ?? 'is wrong'}${more}`,
    path,
  )
}

function refuse(message: string, param: string): BadRequestError {
  return new BadRequestError(message, { code: 'invalid_value', param: param || undefined })
}

/** What `/openapi.json` says of the row. */
function describe({ method, path, query, body, may, writes }: AdminRoute): JsonObject {
  const named = [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
  const parameters: JsonObject[] = named.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1 },
  }))
  const asked = query ? jsonSchema(query()) : {}
  const required = (asked['required'] ?? []) as string[]
  for (const [name, schema] of Object.entries((asked['properties'] ?? {}) as JsonObject)) {
    parameters.push({ name, in: 'query', required: required.includes(name), schema: schema ?? {} })
  }
  if (writes) {
    const description = 'The same key makes the same write once'
    const schema = { type: 'string', maxLength: 255 }
    parameters.push({ name: 'Idempotency-Key', in: 'header', description, schema })
  }
  return {
    tags: [path.replace(/^\/v1/, '').split('/')[1] ?? 'admin'],
    description: may === 'administrator' ? 'For administrators.' : 'For every key, about its own.',
    parameters,
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchema(body()) } },
          },
        }
      : method === 'POST'
        ? { requestBody: { required: false, content: {} } }
        : {}),
  }
}

function jsonSchema(schema: z.ZodType): JsonObject {
  const {
    $schema: _,
    $defs: __,
    ...rest
  } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  })
  return withoutReferences(rest) as JsonObject
}

/** A reference to `$defs` leads nowhere inside the whole document; the only one is "any JSON", which needs no words. */
function withoutReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutReferences)
  if (typeof value !== 'object' || value === null) return value
  if ('$ref' in value) return {}
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withoutReferences(member)]),
  )
}
