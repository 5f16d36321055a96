import { expect, test } from 'vitest'
import { call, user } from '../__fixtures__/caller.ts'
import type { Caller } from '../__fixtures__/caller.ts'
import type { Fault, NamedError } from '../index.ts'
import { NAMED_ERRORS } from './named-errors.ts'

const CHAT = { on: { route: 'chat' } } as const

async function withFault(fault: Fault): Promise<Caller> {
  const caller = await call()
  caller.emulator.control.faults.add(fault)
  return caller
}

const STATUS: Readonly<Record<NamedError, number>> = {
  model_not_supported: 400,
  invalid_request_body: 400,
  invalid_request: 400,
  off_topic: 400,
  cyber_policy: 400,
  bad_request: 400,
  badly_formatted: 400,
  missing_editor_version: 400,
  prompt_too_long: 400,
  model_max_prompt_tokens_exceeded: 400,
  vertex_policy: 400,
  token_expired: 401,
  direct_token_expired: 401,
  authentication_failed: 401,
  authorize_url: 401,
  not_this_connection: 401,
  quota_exceeded: 402,
  free_quota_exceeded: 402,
  overage_limit_reached: 402,
  billing_not_configured: 402,
  session_quota_exceeded: 402,
  additional_spend_limit_reached: 402,
  forbidden: 403,
  endpoint_forbidden: 403,
  wrong_integration: 403,
  feature_flag_blocked: 403,
  rest_rate_limit: 403,
  not_found: 404,
  user_request_timeout: 408,
  failed_to_parse: 413,
  too_large: 413,
  misdirected: 421,
  content_filter: 422,
  agent_dependency: 424,
  rate_limited: 429,
  user_model_rate_limited: 429,
  user_global_rate_limited: 429,
  user_weekly_rate_limited: 429,
  integration_rate_limited: 429,
  agent_mode_limit_exceeded: 429,
  model_overloaded: 429,
  upstream_provider_rate_limit: 429,
  extension_blocked: 429,
  legacy_quota_exceeded: 429,
  google_rate_limit: 429,
  too_many_vision_requests: 429,
  outdated: 466,
  cancelled: 499,
  internal_error: 500,
  internal_error_html: 500,
  bad_gateway: 502,
  service_unavailable: 503,
  service_unavailable_html: 503,
  gateway_timeout: 504,
  overloaded: 529,
}

test('every error that has a name is in the table of this test', () => {
  expect(Object.keys(NAMED_ERRORS).sort()).toEqual(Object.keys(STATUS).sort())
})

for (const name of Object.keys(STATUS) as NamedError[]) {
  test(`the error ${name} comes with ${STATUS[name]}, once`, async () => {
    // Node's fetch asks a 421 once more by itself, as its standard says.
    const times = name === 'misdirected' ? 2 : 1
    await using caller = await withFault({ ...CHAT, times, do: { kind: 'error', name } })
    const answered = await caller.chat({})
    expect(answered.status).toBe(STATUS[name])
    expect(answered.text.length).toBeGreaterThan(0)
    const isHtml = answered.text.startsWith('<html>')
    const isRest = name === 'rest_rate_limit'
    const type = isHtml
      ? 'text/html'
      : isRest
        ? 'application/json; charset=utf-8'
        : 'text/plain; charset=utf-8'
    expect(answered.headers.get('content-type')).toBe(type)
    expect((await caller.chat({})).status).toBe(200)
    expect(caller.emulator.control.counters.read().billed['octo']?.requests).toBe(1)
  })
}

const EXACT: readonly [name: NamedError, body: string][] = [
  ['quota_exceeded', '{"error":{"message":"You have no quota","code":"quota_exceeded"}}\n'],
  ['token_expired', 'IDE token expired: unauthorized: token expired\n'],
  ['misdirected', 'Misdirected Request\n'],
  ['failed_to_parse', '{"error":{"message":"failed to parse request","code":""}}\n'],
  [
    'model_not_supported',
    '{"error":{"message":"The requested model is not supported.","code":"model_not_supported","param":"model","type":"invalid_request_error"}}\n',
  ],
]

for (const [name, body] of EXACT) {
  test(`the body of ${name} is the original's to the byte`, async () => {
    await using caller = await withFault({ ...CHAT, do: { kind: 'error', name } })
    expect((await caller.chat({})).text).toBe(body)
  })
}

test('a quota error carries no hints; a rate limit carries three', async () => {
  await using caller = await withFault({
    ...CHAT,
    times: 1,
    do: { kind: 'error', name: 'quota_exceeded' },
  })
  const quota = await caller.chat({})
  expect(
    [...quota.headers.keys()].filter((name) => /retry-after|quota|ratelimit/.test(name)),
  ).toEqual([])
  caller.emulator.control.faults.add({
    ...CHAT,
    times: 1,
    do: { kind: 'error', name: 'user_weekly_rate_limited', retryAfter: 77, message: 'Slow.' },
  })
  const limited = await caller.chat({})
  expect(limited.headers.get('retry-after')).toBe('77')
  expect(limited.headers.get('x-ratelimit-user-retry-after')).toBe('77')
  expect(limited.headers.get('x-ratelimit-exceeded')).toContain('user_weekly_rate_limited')
  expect(limited.json['error']).toEqual({
    message: 'Slow.',
    code: 'user_weekly_rate_limited',
    type: 'user_weekly_rate_limited',
  })
})

test('the code of an error that was passed on can be a number', async () => {
  await using caller = await withFault({
    ...CHAT,
    do: { kind: 'error', name: 'google_rate_limit' },
  })
  const { error } = (await caller.chat({})).json as unknown as {
    error: { code: number; message: string }
  }
  expect(error.code).toBe(429)
  expect(JSON.parse(error.message)).toHaveProperty('error.status', 'RESOURCE_EXHAUSTED')
})

test('a reply of your own: status, headers, text or JSON', async () => {
  await using caller = await withFault({
    ...CHAT,
    times: 1,
    do: { kind: 'reply', status: 418, headers: { 'x-tea': 'green' }, body: 'short' },
  })
  const text = await caller.chat({})
  expect([text.status, text.text, text.headers.get('x-tea')]).toEqual([418, 'short', 'green'])
  caller.emulator.control.faults.add({
    ...CHAT,
    do: { kind: 'reply', status: 200, body: { a: 1 } },
  })
  expect((await caller.chat({})).json).toEqual({ a: 1 })
})

test('a fault matches by route, model, login, initiator and stream; begins late; ends', async () => {
  await using caller = await call({ accounts: [{ login: 'octo' }, { login: 'mona' }] })
  const { control } = caller.emulator
  const fails = async (body: object, headers?: Record<string, string>): Promise<boolean> =>
    (await caller.chat(body, headers)).status === 503
  const only = async (
    on: Fault['on'],
    yes: object,
    no: object,
    headers?: Record<string, string>,
  ): Promise<void> => {
    control.faults.clear()
    control.faults.add({ ...(on && { on }), do: { kind: 'error', name: 'service_unavailable' } })
    expect(await fails(yes, headers)).toBe(true)
    expect(await fails(no)).toBe(false)
  }
  await only({ model: 'gpt-4.1' }, { model: 'gpt-4.1' }, {})
  await only({ route: 'chat', stream: true }, { stream: true }, {})
  await only({ initiator: 'agent' }, {}, {}, { 'x-initiator': 'agent' })
  const mona = `Bearer ${control.tokens.exchange({ login: 'mona' }).token}`
  await only(
    { login: 'mona', method: 'POST', path: '/chat/completions' },
    {},
    {},
    { authorization: mona },
  )

  control.faults.clear()
  control.faults.add({ skip: 1, times: 2, do: { kind: 'error', name: 'service_unavailable' } })
  const seen: boolean[] = []
  for (let at = 0; at < 5; at++) seen.push(await fails({}))
  expect(seen).toEqual([false, true, true, false, false])

  const stays = control.faults.add({ do: { kind: 'error', name: 'token_expired' } })
  for (let at = 0; at < 3; at++) expect((await caller.chat({})).status).toBe(401)
  expect(control.faults.remove({ id: stays.id })).toBe(true)
  expect((await caller.chat({})).status).toBe(200)
})

test('a reset before the head breaks the connection', async () => {
  await using caller = await withFault({ ...CHAT, times: 1, do: { kind: 'reset' } })
  await expect(caller.chat({})).rejects.toThrow('fetch failed')
  expect(caller.emulator.control.requests.list()[0]).toMatchObject({
    outcome: 'cut',
    status: undefined,
  })
  expect((await caller.chat({})).status).toBe(200)
})

for (const stream of [false, true]) {
  for (const after of ['head', 2] as const) {
    test(`a reset after ${after}, ${stream ? 'streamed' : 'whole'}: the head is there, the body breaks`, async () => {
      await using caller = await withFault({ ...CHAT, times: 1, do: { kind: 'reset', after } })
      const response = await fetch(`${caller.emulator.url}/chat/completions`, {
        method: 'POST',
        headers: caller.headers(),
        body: JSON.stringify({ model: 'gpt-4o', messages: [user('hello')], stream }),
      })
      expect(response.status).toBe(200)
      await expect(response.text()).rejects.toThrow('terminated')
      const [record] = await caller.emulator.control.requests.waitFor({ filter: { route: 'chat' } })
      expect([record?.outcome, record?.events]).toEqual(['cut', stream && after === 2 ? 2 : 0])
    })
  }
}

test('a cut ends the stream cleanly, without its closing events', async () => {
  await using caller = await withFault({ ...CHAT, do: { kind: 'cut', after: 3 } })
  const { events, text } = await caller.chat({ stream: true })
  expect([events.length, text.includes('[DONE]'), text.includes('"finish_reason":"stop"')]).toEqual(
    [3, false, false],
  )
})

test('garbled bytes are no event', async () => {
  await using caller = await withFault({ ...CHAT, do: { kind: 'garble', after: 2 } })
  const { text } = await caller.chat({ stream: true })
  const blocks = text.split('\n\n').filter((block) => block !== '')
  expect(blocks).toHaveLength(3)
  expect(() => JSON.parse(blocks[2]?.slice(6) ?? '') as unknown).toThrow('JSON')
})

test('a stall says nothing more, until the client goes away', async () => {
  for (const after of ['nothing', 'head', 2] as const) {
    await using caller = await withFault({ ...CHAT, do: { kind: 'stall', after } })
    const leaving = new AbortController()
    const asked = fetch(`${caller.emulator.url}/chat/completions`, {
      method: 'POST',
      headers: caller.headers(),
      body: JSON.stringify({ model: 'gpt-4o', messages: [user('hello')], stream: true }),
      signal: leaving.signal,
    })
    if (after === 'nothing') {
      await caller.emulator.control.requests
        .waitFor({ filter: { route: 'chat' }, timeoutMs: 20 })
        .catch((error: Error) => {
          expect(error.message).toContain('no 1 requests')
        })
      leaving.abort()
      await expect(asked).rejects.toThrow('aborted')
    } else {
      const response = await asked
      expect(response.status).toBe(200)
      if (after === 2) {
        const reader = response.body?.getReader()
        let text = ''
        while (text.split('\n\n').length < 3) {
          const { value } = (await reader?.read()) ?? {}
          text += Buffer.from(value ?? []).toString()
        }
        expect(text.split('\n\n')).toHaveLength(3)
        reader?.releaseLock()
      }
      leaving.abort()
    }
    const [record] = await caller.emulator.control.requests.waitFor({ filter: { route: 'chat' } })
    expect(record?.outcome).toBe('aborted')
  }
})

test('a drip comes byte by byte and is whole in the end', async () => {
  for (const stream of [false, true]) {
    await using caller = await call()
    const plain = await caller.chat({ stream, messages: [user('say: hello')] })
    caller.emulator.control.faults.add({ ...CHAT, do: { kind: 'drip', bytes: 64, everyMs: 0 } })
    const dripped = await caller.chat({ stream, messages: [user('say: hello')] })
    expect(dripped.status).toBe(200)
    expect(dripped.text.length).toBe(
      plain.text.length - paddingDifference(plain.text, dripped.text),
    )
  }
})

/** The padding of a whole answer is as long as it likes. */
function paddingDifference(left: string, right: string): number {
  const length = (text: string): number => /"padding":"(\w*)"/.exec(text)?.[1]?.length ?? 0
  return length(left) - length(right)
}

test('a delay answers late, as usual', async () => {
  await using caller = await withFault({ ...CHAT, times: 1, do: { kind: 'delay', ms: 20 } })
  expect((await caller.chat({})).status).toBe(200)
  expect(caller.emulator.control.requests.list()[0]?.fault).toMatch(/^fault-/)
})

test('a client that aborts is noticed, and what it read is known', async () => {
  await using caller = await call({ pace: 50 })
  const leaving = new AbortController()
  const response = await fetch(`${caller.emulator.url}/chat/completions`, {
    method: 'POST',
    headers: caller.headers(),
    body: JSON.stringify({ model: 'gpt-4o', messages: [user('write 500 words')], stream: true }),
    signal: leaving.signal,
  })
  await response.body?.getReader().read()
  leaving.abort()
  const [record] = await caller.emulator.control.requests.waitFor({ filter: { route: 'chat' } })
  expect(record?.outcome).toBe('aborted')
  expect(record?.events).toBeLessThan(500)
})

const WRONG: readonly [fault: unknown, message: string][] = [
  [{}, 'a fault needs do.kind, one of reply, error,'],
  [{ do: { kind: 'explode' } }, 'a fault needs do.kind'],
  [{ do: { kind: 'error', name: 'nothing' } }, "error 'nothing' is not known"],
  [{ on: { host: 'x' }, do: { kind: 'reset' } }, "a fault cannot match on 'host'"],
]

for (const [fault, message] of WRONG) {
  test(`${JSON.stringify(fault)} is no fault: ${message}`, async () => {
    await using caller = await call()
    expect(() => caller.emulator.control.faults.add(fault as Fault)).toThrow(message)
  })
}
