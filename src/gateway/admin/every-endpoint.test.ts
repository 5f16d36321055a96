import { afterAll, describe, expect, test } from 'vitest'
import { startDemoGateway } from '../__fixtures__/start-demo-gateway.ts'
import { post, send } from '../__fixtures__/start-test-gateway.ts'
import { openTeams } from './index.ts'

const MASTER = 'sk-master-of-tests'
const demo = await startDemoGateway({
  gateway: { masterKey: MASTER, extend: (context) => openTeams(context) },
})
afterAll(() => demo[Symbol.asyncDispose]())

interface Described {
  readonly description?: string
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: {
    readonly required: boolean
    readonly content: Record<string, { readonly schema: { readonly properties: object } }>
  }
}
interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly described: Described
  readonly fields: readonly string[]
  readonly parameters: readonly string[]
}

/** What administration is, by its own description: nobody can add an endpoint and forget it here. */
const ADMINISTRATION =
  /^(?:\/v1)?\/(?:key|user|team|seats|spend|audit|requests)(?:\/|$)|^\/(?:audit|seats)$/
const endpoints = await readEndpoints()
const named = endpoints.map(
  (endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const,
)
const those = (wanted: (endpoint: Endpoint) => boolean) =>
  named.filter(([, endpoint]) => wanted(endpoint))

async function readEndpoints(): Promise<readonly Endpoint[]> {
  const { json } = await ask('GET', '/openapi.json')
  const { paths } = json as { paths: Record<string, Record<string, Described>> }
  return Object.entries(paths)
    .filter(([path]) => ADMINISTRATION.test(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => ({
        method: method.toUpperCase() as Endpoint['method'],
        path,
        described,
        parameters: (described.parameters ?? []).map(({ name }) => name),
        fields: Object.keys(
          described.requestBody?.content['application/json']?.schema.properties ?? {},
        ),
      })),
    )
}

function ask(method: string, path: string, key = MASTER, body?: string) {
  return send(demo.url, path.replaceAll(/\{\w+\}/g, 'x'), {
    method,
    headers: {
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body }),
  })
}
const tell = (path: string, body: object, headers: Record<string, string> = {}) =>
  post(demo.url, path, body, { authorization: `Bearer ${MASTER}`, ...headers })

const form = (more: object = {}) => ({
  error: {
    message: expect.any(String) as string,
    type: expect.any(String) as string,
    param: expect.toSatisfy((value) => value === null || typeof value === 'string') as string,
    code: expect.any(String) as string,
    ...more,
  },
})

test('the table is the one of the gateway', () => {
  expect(named.length).toBeGreaterThanOrEqual(29)
  expect(named.map(([name]) => name)).toEqual(
    expect.arrayContaining(['POST /key/generate', 'DELETE /seats/{user}', 'GET /v1/requests/{id}']),
  )
})

describe('every endpoint', () => {
  test.each(named)('%s: nobody without a key', async (_name, { method, path }) => {
    for (const key of ['', 'sk-unknown-key-of-nobody']) {
      const { status, json } = await ask(method, path, key, method === 'POST' ? '{}' : undefined)
      expect(status).toBe(401)
      expect(json).toEqual(form())
    }
  })

  test.each(named)('%s: another method is named, with those that are', async (_name, endpoint) => {
    const { status, json, headers } = await ask('PUT', endpoint.path, MASTER, '{}')
    expect([status, json]).toEqual([405, form()])
    expect(headers['allow']).toContain(endpoint.method)
  })

  test.each(those(({ method }) => method !== 'POST'))(
    '%s: a parameter that is not known is an error',
    async (_name, { method, path }) => {
      const { status, json } = await ask(method, `${path}?no_such_parameter=1`)
      expect(status).toBe(400)
      expect(json).toEqual(form({ param: 'no_such_parameter', code: 'invalid_value' }))
    },
  )
})

const forAdministrators = ({ described }: Endpoint) =>
  described.description === 'For administrators.'

test('what only administrators may is refused to others', async () => {
  const { json } = await tell('/key/generate', { key_alias: 'plain' })
  const { key } = json as { key: string }
  const all = those(forAdministrators)
  expect(all.length).toBeGreaterThan(12)
  for (const [name, { method, path }] of all) {
    const answer = await ask(method, path, key, method === 'POST' ? '{}' : undefined)
    expect([name, answer.status, answer.json]).toEqual([
      name,
      403,
      form({ code: 'administrator_needed' }),
    ])
  }
})

describe('what takes a body', () => {
  const bodies = those(({ fields }) => fields.length > 0)

  test.each(bodies)('%s: a member that is not known is an error', async (_name, { path }) => {
    const { status, json } = await tell(path, { no_such_member: 1 })
    expect(status).toBe(400)
    expect(json).toEqual(form({ code: 'invalid_value' }))
  })

  test.each(bodies)('%s: each member has a kind', async (_name, { path, fields, described }) => {
    const { properties } = described.requestBody?.content['application/json']?.schema ?? {}
    for (const field of fields) {
      const schema = (properties as Record<string, object>)[field] ?? {}
      // Metadata takes anything but what is no object.
      const wrong = JSON.stringify(schema).includes('"object"') ? 7 : { not: 'this' }
      const { status, json } = await tell(path, { [field]: wrong })
      expect([field, status]).toEqual([field, 400])
      expect(json).toEqual(form({ code: 'invalid_value' }))
    }
  })

  test.each(bodies)('%s: what is no JSON object is an error', async (_name, { path }) => {
    for (const body of ['{"key":', '[]', '"text"', '7']) {
      const { status, json } = await ask('POST', path, MASTER, body)
      expect([status, json]).toEqual([400, form()])
    }
  })
})

/** Asking again is what it is for. */
const ASKED_AGAIN = ['POST /seats/connect/poll']

test('every write takes an Idempotency-Key', () => {
  const without = those(
    ({ method, parameters }) => method !== 'GET' && !parameters.includes('Idempotency-Key'),
  ).map(([name]) => name)
  expect(without).toEqual(ASKED_AGAIN)
})

describe('a write with an Idempotency-Key', () => {
  const WRITES: readonly (readonly [string, object])[] = [
    ['/user/new', { user_id: 'once' }],
    ['/team/new', { team_id: 'once' }],
    ['/key/generate', { key_alias: 'once', user_id: 'once' }],
    ['/key/update', { key: 'once', rpm_limit: 5 }],
    ['/user/update', { user_id: 'once', rpm_limit: 5 }],
    ['/team/update', { team_id: 'once', rpm_limit: 5 }],
    ['/key/block', { key: 'once' }],
    ['/key/unblock', { key: 'once' }],
    ['/key/regenerate', { key: 'once' }],
    ['/seats/connect/start', { user_id: 'once' }],
    ['/seats/reseal', {}],
    ['/key/delete', { keys: ['once'] }],
    ['/user/delete', { user_ids: ['once'] }],
    ['/team/delete', { team_ids: ['once'] }],
  ]

  test('is done once, answers the same, and is refused with another body', async () => {
    for (const [path, body] of WRITES) {
      const headers = { 'idempotency-key': `once-for-${path}` }
      const both = await Promise.all([tell(path, body, headers), tell(path, body, headers)])
      // Sent together, one may hear that the other is under way.
      const first = both.find(({ status }) => status === 200)
      expect([path, first?.status]).toEqual([path, 200])
      for (const { status } of both) expect([200, 409]).toContain(status)
      const again = await tell(path, body, headers)
      expect([path, again.status, again.json]).toEqual([path, 200, first?.json])
      // What takes no body has only one form.
      if (Object.keys(body).length === 0) continue
      const other = await tell(path, { ...body, rpm_limit: 99, key_alias: 'other' }, headers)
      expect([path, [400, 422].includes(other.status)]).toEqual([path, true])
    }
    const entries = (
      (await ask('GET', '/audit?limit=1000')).json as { entries: { action: string }[] }
    ).entries
    const times = (action: string) => entries.filter((entry) => entry.action === action).length
    for (const action of ['user.create', 'team.create', 'key.rotate', 'key.delete', 'user.delete'])
      expect([action, times(action)]).toEqual([action, 1])
  })
})

describe('every list comes in pages', () => {
  const LISTS: readonly (readonly [path: string, member: string])[] = [
    ['/key/list', 'keys'],
    ['/user/list', 'users'],
    ['/team/list', 'teams'],
    ['/seats', 'seats'],
    ['/seats/stops', 'stops'],
    ['/audit', 'entries'],
    ['/spend/logs', 'logs'],
  ]

  test('and no other list is there', async () => {
    const paged = those(({ parameters }) => parameters.includes('cursor')).map(([name]) => name)
    expect(paged.toSorted()).toEqual(LISTS.map(([path]) => `GET ${path}`).toSorted())
  })

  test.each(LISTS)('%s', async (path, member) => {
    for (let at = 0; at < 3; at++) {
      await tell('/user/new', { user_id: `page-${at}` })
      await tell('/team/new', { team_id: `page-${at}` })
      await tell('/key/generate', { user_id: `page-${at}` })
    }
    const whole = (await ask('GET', `${path}?limit=1000`)).json as Record<string, unknown[]>
    const rows: unknown[] = []
    let cursor = ''
    do {
      const page = await ask('GET', `${path}?limit=1${cursor}`)
      expect(page.status).toBe(200)
      const json = page.json as Record<string, unknown[]> & { next: string | null }
      expect((json[member] ?? []).length).toBeLessThanOrEqual(1)
      rows.push(...(json[member] ?? []))
      cursor = json.next === null ? '' : `&cursor=${encodeURIComponent(json.next)}`
    } while (cursor !== '' && rows.length < 100)
    expect(rows).toEqual(whole[member])
    expect((await ask('GET', `${path}?limit=0`)).json).toEqual(form({ param: 'limit' }))
  })
})

describe('two who change the same', () => {
  test.each([
    ['key', '/key/generate', '/key/update', { key_alias: 'shared-key' }, { key: 'shared-key' }],
    ['user', '/user/new', '/user/update', { user_id: 'shared' }, { user_id: 'shared' }],
    ['team', '/team/new', '/team/update', { team_id: 'shared' }, { team_id: 'shared' }],
  ])('%s: the slower one hears of it', async (_kind, create, update, made, name) => {
    await tell(create, made)
    const { json } = await tell(update, { ...name, rpm_limit: 1 })
    const { version } = json as { version: number }
    const both = await Promise.all([
      tell(update, { ...name, rpm_limit: 2, version }),
      tell(update, { ...name, tpm_limit: 3, version }),
    ])
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]))
    const loser = both.find(({ status }) => status === 409)
    expect(loser?.json).toEqual(form({ code: 'conflict', param: 'version' }))
    // Who names no version loses nothing either: members that are not named stay.
    await Promise.all(
      [1, 2, 3, 4].map((limit) => tell(update, { ...name, metadata: { [limit]: true } })),
    )
    const after = (await tell(update, { ...name, max_parallel_requests: 4 })).json
    const kept = both.find(({ status }) => status === 200)?.json as Record<string, unknown>
    expect(after).toMatchObject({ rpm_limit: kept['rpm_limit'], tpm_limit: kept['tpm_limit'] })
  })

  test('a key that was changed meanwhile is not given a new secret', async () => {
    await tell('/key/generate', { key_alias: 'turning' })
    const { json } = await tell('/key/update', { key: 'turning', rpm_limit: 1 })
    const { version } = json as { version: number }
    const stale = await tell('/key/regenerate', { key: 'turning', version: version - 1 })
    expect([stale.status, stale.json]).toEqual([409, form({ code: 'conflict' })])
    expect((await tell('/key/regenerate', { key: 'turning', version })).status).toBe(200)
  })
})
