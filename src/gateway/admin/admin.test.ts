import { afterEach, describe, expect, test } from 'vitest'
import { startDemoGateway, type DemoGateway } from '../__fixtures__/start-demo-gateway.ts'
import { post, send, type Reply } from '../__fixtures__/start-test-gateway.ts'
import { openTeams } from './index.ts'

const MASTER = 'sk-master-of-tests'

let open: DemoGateway[] = []
afterEach(async () => {
  await Promise.all(open.map((demo) => demo[Symbol.asyncDispose]()))
  open = []
})

interface House {
  readonly demo: DemoGateway
  /** With the master key, unless another is given. */
  readonly ask: (method: 'GET' | 'DELETE', path: string, key?: string) => Promise<Reply>
  readonly tell: (
    path: string,
    body: unknown,
    key?: string,
    headers?: Record<string, string>,
  ) => Promise<Reply>
  readonly makeKey: (fields: Record<string, unknown>) => Promise<string>
  readonly call: (key: string, changes?: Record<string, unknown>) => Promise<Reply>
}

/** `organisation`: the account whose token is the organisation's own credential. */
async function house(
  environment: Record<string, string> = {},
  organisation?: { readonly login: string },
): Promise<House> {
  const demo = await startDemoGateway({
    emulator: {
      deviceInterval: 0,
      accounts: [
        { login: 'octo' },
        { login: 'ada', plan: 'business' },
        { login: 'eve', entitled: false },
      ],
    },
    gateway: {
      masterKey: MASTER,
      async extend(context) {
        const more: Record<string, string> = { ...environment }
        if (organisation) {
          const base = context.environment['GITHUB_COPILOT_API_BASE'] ?? ''
          const { json } = await post(base, '/_emulator/tokens/issue', {
            kind: 'ghu',
            login: organisation.login,
          })
          more['JETWAY_SERVICE_TOKEN'] = (json as { result: { value: string } }).result.value
        }
        return openTeams({ ...context, environment: { ...context.environment, ...more } })
      },
    },
  })
  open.push(demo)
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
  const tell: House['tell'] = (path, body, key = MASTER, headers = {}) =>
    post(demo.url, path, body, { ...bearer(key), ...headers })
  return {
    demo,
    tell,
    ask: (method, path, key = MASTER) => send(demo.url, path, { method, headers: bearer(key) }),
    async makeKey(fields) {
      const { json, status } = await tell('/key/generate', fields)
      expect(status).toBe(200)
      return (json as { key: string }).key
    },
    call: (key, changes = {}) =>
      tell(
        '/v1/chat/completions',
        { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }], ...changes },
        key,
      ),
  }
}

describe('keys', () => {
  test('are made, used, seen, changed, rotated and revoked', async () => {
    const { tell, ask, call, makeKey } = await house()
    const key = await makeKey({ key_alias: 'ci', models: ['gpt-4*'], max_budget_credits: 50 })
    expect((await call(key)).status).toBe(200)
    expect((await call(key, { model: 'claude-sonnet-4.5' })).json).toMatchObject({
      error: { code: 'model_not_allowed', param: 'model' },
    })

    const own = await ask('GET', '/key/info', key)
    expect(own.json).toMatchObject({ key_alias: 'ci', max_budget: 0.5, info: { key_alias: 'ci' } })
    expect(own.text).not.toContain(key)
    const spent = (own.json as { spend_credits: number }).spend_credits
    expect(spent).toBeGreaterThan(0)

    const { version } = own.json as { version: number }
    const stale = await tell('/key/update', { key: 'ci', rpm_limit: 1, version: version - 1 })
    expect(stale.status).toBe(409)
    expect(stale.json).toMatchObject({ error: { code: 'conflict', param: 'version' } })
    expect((await tell('/key/update', { key: 'ci', rpm_limit: 1, version })).json).toMatchObject({
      rpm_limit: 1,
      version: version + 1,
      max_budget_credits: 50,
    })
    expect((await call(key)).status).toBe(200)
    const limited = await call(key)
    expect(limited.status).toBe(429)
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0)
    expect(limited.text).toContain('1 requests a minute')
    expect(limited.headers['x-ratelimit-limit-requests']).toBe('1')
    expect(limited.headers['x-ratelimit-remaining-requests']).toBe('0')
    await tell('/key/update', { key: 'ci', rpm_limit: null })

    const rotated = await tell('/key/regenerate', { key: 'ci', grace_period: '1h' })
    const next = (rotated.json as { key: string }).key
    expect((await call(next)).status).toBe(200)
    expect((await call(key)).status).toBe(200)

    expect((await tell('/key/block', { key: 'ci' })).json).toMatchObject({ blocked: true })
    expect((await call(next)).json).toMatchObject({ error: { code: 'key_blocked' } })
    await tell('/key/unblock', { key: 'ci' })
    expect((await call(next)).status).toBe(200)
    await makeKey({ key_alias: 'other' })
    const both = { keys: ['ci'], key_aliases: ['other'] }
    expect((await tell('/key/delete', both)).status).toBe(200)
    expect(((await ask('GET', '/key/list')).json as { keys: unknown[] }).keys).toEqual([])
    for (const gone of [key, next]) expect((await call(gone)).status).toBe(401)
  })

  test('of a deleted team name it wherever they are shown, used or rotated', async () => {
    const { tell, ask, call, makeKey } = await house()
    await tell('/team/new', { team_id: 'core' })
    const key = await makeKey({ key_alias: 'ci', team_id: 'core' })
    expect((await call(key)).status).toBe(200)
    expect((await tell('/team/delete', { team_ids: ['core'] })).status).toBe(200)
    const refused = await call(key)
    expect(refused.status).toBe(401)
    expect(refused.text).toContain('the team core of the key ci was deleted')
    expect((await ask('GET', '/key/info?key=ci')).json).toMatchObject({ deleted_owner: 'team' })
    expect((await ask('GET', '/key/list')).json).toMatchObject({
      keys: [{ deleted_owner: 'team' }],
    })
    const rotated = await tell('/key/regenerate', { key: 'ci' })
    expect(rotated.status).toBe(400)
    expect(rotated.json).toMatchObject({ error: { code: 'key_owner_deleted', param: 'key' } })
    expect((await tell('/key/update', { key: 'ci', team_id: null })).status).toBe(200)
    expect((await call(key)).status).toBe(200)
  })

  test('a write with an idempotency key is done once, and answers the same', async () => {
    const { tell, ask } = await house()
    const headers = { 'idempotency-key': 'first-of-march' }
    const [one, two] = [
      await tell('/key/generate', { key_alias: 'once' }, MASTER, headers),
      await tell('/key/generate', { key_alias: 'once' }, MASTER, headers),
    ]
    expect(one.status).toBe(200)
    expect(two.json).toEqual(one.json)
    expect(((await ask('GET', '/key/list')).json as { keys: unknown[] }).keys).toHaveLength(1)
    const other = await tell('/key/generate', { key_alias: 'twice' }, MASTER, headers)
    expect(other.status).toBe(422)
    expect(other.json).toMatchObject({ error: { code: 'idempotency_key_reused' } })
    // A write that failed may be sent again.
    const broken = { 'idempotency-key': 'second' }
    expect((await tell('/key/generate', { user_id: 'bob' }, MASTER, broken)).status).toBe(400)
    await tell('/user/new', { user_id: 'bob' })
    expect((await tell('/key/generate', { user_id: 'bob' }, MASTER, broken)).status).toBe(200)
  })

  test('lists come in pages that neither repeat nor leave out', async () => {
    const { ask, makeKey } = await house()
    for (const name of ['a', 'b', 'c', 'd', 'e']) await makeKey({ key_alias: name })
    const seen: string[] = []
    let cursor = ''
    do {
      const { json } = await ask('GET', `/key/list?limit=2${cursor && `&cursor=${cursor}`}`)
      const page = json as { keys: { key_alias: string }[]; next: string | null }
      seen.push(...page.keys.map((key) => key.key_alias))
      cursor = page.next === null ? '' : encodeURIComponent(page.next)
    } while (cursor !== '')
    expect(seen.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })
})

describe('bad input is named', () => {
  test.each([
    ['/key/generate', { rpm_limt: 5 }, 'rpm_limt', 'did you mean rpm_limit'],
    ['/key/generate', { rpm_limit: 'five' }, 'rpm_limit', 'number'],
    ['/key/generate', { models: ['gpt-4o', 7] }, 'models.1', 'string'],
    ['/key/generate', { budget_duration: 'soon' }, 'budget_duration', '`30s`'],
    ['/key/generate', { user_id: 'nobody' }, 'user_id', 'there is no user nobody'],
    ['/key/update', { rpm_limit: 5 }, 'key', 'string'],
    ['/key/delete', { keys: [] }, 'keys', '>=1'],
    ['/key/delete', {}, 'keys', 'key_aliases'],
    ['/user/new', { user_email: 'not an address' }, 'user_email', 'email'],
    ['/seats/connect/poll', { flow_handle: 'x', user_id: 'ada' }, 'flow_handle', 'start'],
    ['/seats/connect/start', { host: 'intranet', user_id: 'ada' }, 'host', 'JETWAY_GITHUB_HOSTS'],
    ['/seats/connect/start', { host: 'evil.com/x', user_id: 'ada' }, 'host', 'a host name'],
  ])('%s %j', async (path, body, param, words) => {
    const { tell } = await house()
    const { status, json } = await tell(path, body)
    const { error } = json as { error: { param: string; message: string; type: string } }
    expect(status).toBe(400)
    expect(error.param).toBe(param)
    expect(error.message).toContain(words)
    expect(error.type).toBe('invalid_request_error')
  })

  test.each([
    ['/spend/summary?by=moon', 'by'],
    ['/spend/logs?limit=0', 'limit'],
    ['/spend/logs?start_date=yesterday', 'start_date'],
    ['/key/list?page=2', 'page'],
  ])('%s', async (path, param) => {
    const { ask } = await house()
    const { status, json } = await ask('GET', path)
    expect(status).toBe(400)
    expect(json).toMatchObject({ error: { param } })
  })
})

describe('who may', () => {
  test('a key sees its own and nothing else; a user with the role administers', async () => {
    const { tell, ask, makeKey, call } = await house()
    await tell('/user/new', { user_id: 'ada', user_role: 'administrator' })
    await tell('/user/new', { user_id: 'bob' })
    const plain = await makeKey({ key_alias: 'plain' })
    const bobs = await makeKey({ key_alias: 'bobs', user_id: 'bob' })
    const adas = await makeKey({ key_alias: 'adas', user_id: 'ada' })
    const narrow = await makeKey({ user_id: 'ada', allowed_routes: ['/v1/chat'] })
    await call(plain)

    for (const path of ['/user/list', '/team/list', '/audit'])
      expect((await ask('GET', path, bobs)).status).toBe(403)
    for (const path of ['/key/generate', '/user/new', '/team/new'])
      expect((await tell(path, {}, plain)).json).toMatchObject({
        error: { code: 'administrator_needed' },
      })
    expect((await ask('GET', '/key/info?key=plain', bobs)).status).toBe(404)
    expect((await ask('GET', '/key/info?key=none', bobs)).text).toBe(
      (await ask('GET', '/key/info?key=plain', bobs)).text,
    )
    expect((await tell('/key/delete', { keys: ['plain'] }, bobs)).status).toBe(404)
    // Another key of the same person would be a way around what this one may.
    expect((await tell('/key/regenerate', { key: 'adas' }, narrow)).status).toBe(403)
    expect((await tell('/key/delete', { keys: ['adas'] }, narrow)).status).toBe(403)
    expect((await tell('/key/regenerate', { key: 'adas' }, bobs)).status).toBe(404)
    expect((await tell('/seats/connect/start', {}, narrow)).json).toMatchObject({
      error: { code: 'route_not_allowed' },
    })
    expect((await ask('GET', '/user/info?user_id=ada', bobs)).status).toBe(404)
    expect((await ask('GET', '/user/info', bobs)).json).toMatchObject({ user_id: 'bob' })
    const listed = (await ask('GET', '/key/list', bobs)).json as { keys: { key_alias: string }[] }
    expect(listed.keys.map((key) => key.key_alias)).toEqual(['bobs'])
    expect((await ask('GET', '/spend/logs?key_id=x', bobs)).json).toMatchObject({ logs: [] })
    expect((await ask('GET', '/spend/logs', plain)).json).toMatchObject({
      logs: [{ key_alias: 'plain' }],
    })

    expect((await ask('GET', '/user/list', adas)).status).toBe(200)
    expect((await ask('GET', '/user/list', narrow)).status).toBe(403)
    const made = await tell('/key/generate', { key_alias: 'by-ada' }, adas)
    expect(made.status).toBe(200)
    const { entries } = (await ask('GET', '/audit')).json as { entries: Record<string, unknown>[] }
    expect(entries[0]).toMatchObject({ actor: 'user:ada', action: 'key.create' })
    expect(JSON.stringify(entries)).not.toContain((made.json as { key: string }).key)
    expect((await send(open[0]?.url ?? '', '/key/list')).status).toBe(401)
  })
})

describe('seats', () => {
  test('a person connects, calls, is revoked at GitHub, and connects again', async () => {
    const { demo, tell, ask, makeKey, call } = await house()
    const { control } = demo.emulator
    await tell('/user/new', { user_id: 'ada' })
    const key = await makeKey({ user_id: 'ada' })
    const before = await call(key)
    expect(before.status).toBe(401)
    expect(before.json).toMatchObject({ error: { code: 'seat_not_connected' } })
    expect(before.text).toContain('jetway login --gateway')

    const connect = async (login: string) => {
      const started = await tell('/seats/connect/start', {}, key)
      expect(started.status).toBe(200)
      const { user_code, flow_handle } = started.json as { user_code: string; flow_handle: string }
      const pending = await tell('/seats/connect/poll', { flow_handle }, key)
      expect(pending.json).toMatchObject({ status: 'pending' })
      control.device.approve({ userCode: user_code, login })
      return (await tell('/seats/connect/poll', { flow_handle }, key)).json
    }
    expect(await connect('eve')).toMatchObject({ status: 'no_copilot_seat' })
    expect((await call(key)).json).toMatchObject({ error: { code: 'seat_without_copilot' } })
    expect(await connect('ada')).toMatchObject({ status: 'connected', github_login: 'ada' })
    expect((await call(key)).status).toBe(200)
    const quota = await ask('GET', '/spend/quota', key)
    expect(quota.json).toMatchObject({ counted_calls: expect.any(Number), entitlement: 300 })
    expect((quota.json as { explanation: string }).explanation).toContain('premium requests')
    expect((await ask('GET', '/spend/quota?user_id=eve', key)).status).toBe(403)
    expect((await ask('GET', '/spend/quota')).json).toMatchObject({ counted_calls: 0 })
    expect(Object.keys(control.counters.read().billed)).toEqual(['ada'])
    expect((await ask('GET', '/seats', key)).json).toMatchObject({
      seats: [{ user_id: 'ada', status: 'connected', github_login: 'ada' }],
    })

    // What was exchanged before would live on for half an hour.
    control.tokens.revoke({ login: 'ada' })
    control.tokens.expireAll()
    expect((await call(key)).status).toBe(401)
    // Written down off the path of the call; the calls after it are told.
    let told: unknown
    for (let tries = 0; tries < 100; tries++) {
      const { json } = await call(key)
      told = (json as { error: { code: string } }).error.code
      if (told === 'seat_revoked') break
    }
    expect(told).toBe('seat_revoked')
    expect((await ask('GET', '/seats')).json).toMatchObject({ seats: [{ status: 'revoked' }] })

    expect(await connect('ada')).toMatchObject({ status: 'connected' })
    expect((await call(key)).status).toBe(200)
    expect((await ask('DELETE', '/seats/ada', key)).json).toMatchObject({ user_id: 'ada' })
    expect((await call(key)).json).toMatchObject({ error: { code: 'seat_not_connected' } })
    const rest = await ask('GET', '/audit?limit=1000')
    expect(rest.text).not.toMatch(/gh[uo]_/)
  })
})

describe('who has no seat', () => {
  test('uses the organisation’s credential where there is one, until an own seat is connected', async () => {
    const { demo, tell, makeKey, call } = await house({}, { login: 'ada' })
    await tell('/user/new', { user_id: 'bob' })
    const [bobs, nobodys] = [await makeKey({ user_id: 'bob' }), await makeKey({})]
    for (const key of [bobs, nobodys, MASTER]) expect((await call(key)).status).toBe(200)
    const { billed } = demo.emulator.control.counters.read()
    expect(billed).toMatchObject({ ada: { requests: 3 } })
    expect(Object.keys(billed)).toEqual(['ada'])
  })

  test('is refused where the operator says so', async () => {
    const { call, makeKey } = await house({ JETWAY_SHARED_SEAT: 'none' })
    expect((await call(await makeKey({}))).json).toMatchObject({
      error: { code: 'no_shared_seat' },
    })
    expect((await call(MASTER)).status).toBe(200)
  })
})

test.each([
  [{ JETWAY_SHARED_SEAT: 'all' }, 'JETWAY_SHARED_SEAT must be one of own, service, none'],
  [{ JETWAY_KEEP_CALLS: 'long' }, 'JETWAY_KEEP_CALLS must be a number'],
  [{ JETWAY_REPLICAS: '0' }, 'JETWAY_REPLICAS must be a whole number'],
  [{ JETWAY_GITHUB_APP_ID: '1' }, 'JETWAY_GITHUB_APP_INSTALLATION_ID is missing'],
  [{ JETWAY_SEAL_KEY: 'short' }, 'JETWAY_SEAL_KEY'],
])('a wrong setting is named at the start: %j', async (environment, words) => {
  await expect(house(environment)).rejects.toThrow(words)
})

describe('spend', () => {
  test('logs, sums, exports and explanations say what the upstream billed', async () => {
    const { demo, tell, ask, makeKey, call } = await house()
    await tell('/team/new', { team_id: 'red', team_alias: '=Red, "the" team' })
    const key = await makeKey({ key_alias: '=cmd()', team_id: 'red' })
    await call(key)
    await call(key, { model: 'claude-sonnet-4.5', stream: true })
    const billed = demo.emulator.control.counters.read().billed['octo']?.nanoAiu ?? 0
    expect(billed).toBeGreaterThan(0)

    const logs = (await ask('GET', '/spend/logs')).json as {
      logs: { spend_nano_credits: number; request_id: string }[]
    }
    expect(logs.logs).toHaveLength(2)
    expect(logs.logs.reduce((sum, row) => sum + row.spend_nano_credits, 0)).toBe(billed)
    const summary = (await ask('GET', '/spend/summary?by=team,model')).json as {
      summary: { team_id: string; model: string; spend_nano_credits: string }[]
    }
    expect(summary.summary.map((row) => row.team_id)).toEqual(['red', 'red'])
    expect(summary.summary.reduce((sum, row) => sum + BigInt(row.spend_nano_credits), 0n)).toBe(
      BigInt(billed),
    )

    const csv = await ask('GET', '/spend/logs?format=csv')
    expect(csv.headers['content-type']).toContain('text/csv')
    const [head = '', ...lines] = csv.text.trim().split('\r\n')
    const at = head.split(',').indexOf('spend_nano_credits')
    expect(lines.reduce((sum, line) => sum + Number(line.split(',')[at]), 0)).toBe(billed)
    expect(csv.text).toContain("'=cmd()")

    const id = logs.logs[0]?.request_id ?? ''
    for (const path of [`/v1/requests/${id}`, `/requests/${id}`]) {
      expect((await ask('GET', path)).json).toMatchObject({
        request_id: id,
        outcome: 'ok',
        wire_reason: expect.any(String),
        initiator_reason: expect.any(String),
        attempt_list: [{ number: 1, status: 200 }],
      })
    }
    expect((await ask('GET', '/v1/requests/unheard-of')).status).toBe(404)
    expect((await ask('GET', `/v1/requests/${id}`, await makeKey({}))).status).toBe(404)
  })
})

test('every endpoint is described with its fields', async () => {
  const { ask } = await house()
  const { paths } = (await ask('GET', '/openapi.json')).json as {
    paths: Record<string, Record<string, { parameters: { name: string }[]; requestBody?: unknown }>>
  }
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(['/key/generate', '/user/new', '/team/list', '/seats/{user}', '/audit']),
  )
  expect(JSON.stringify(paths['/key/generate']?.['post']?.requestBody)).toContain('rpm_limit')
  const names = paths['/spend/logs']?.['get']?.parameters.map((parameter) => parameter.name)
  expect(names).toEqual(expect.arrayContaining(['start_date', 'format', 'limit', 'cursor']))
})
