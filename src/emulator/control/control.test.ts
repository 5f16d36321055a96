import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createEmulator } from '../index.ts'
import { call, user } from '../__fixtures__/caller.ts'
import type { Emulator } from '../index.ts'

async function control(
  emulator: Emulator,
  path: string,
  argument?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; result?: unknown; error?: string }> {
  const response = await fetch(`${emulator.url}/_emulator/${path}`, {
    method: 'POST',
    headers,
    ...(argument !== undefined && {
      body: typeof argument === 'string' ? argument : JSON.stringify(argument),
    }),
  })
  const body = (await response.json()) as { result?: unknown; error?: string }
  return { status: response.status, ...body }
}

test('over HTTP everything is done by path and JSON, as in the process', async () => {
  await using emulator = await createEmulator()
  const put = await control(emulator, 'accounts/put', { login: 'mona', plan: 'business' })
  expect(put.result).toMatchObject({ login: 'mona', host: 'business' })
  expect(emulator.control.accounts.get({ login: 'mona' }).plan).toBe('business')
  const issued = await control(emulator, 'tokens/issue', { login: 'mona', kind: 'gho', app: 'gh' })
  expect(issued.result).toMatchObject({ kind: 'gho', login: 'mona' })
  expect((await control(emulator, 'clock/shift', { seconds: 60 })).result).toBe(60)
  const fault = await control(emulator, 'faults/add', { do: { kind: 'reset' }, times: 1 })
  expect(emulator.control.faults.list()).toMatchObject([fault.result])
  await control(emulator, 'quirks/set', { model: 'gpt-4o', quirks: { padding: false } })
  expect(emulator.control.quirks.of({ model: 'gpt-4o' }).padding).toBe(false)
  await control(emulator, 'settings/set', { pace: 40 })
  expect(emulator.control.settings.get().pace).toBe(40)
  const counters = await fetch(`${emulator.url}/_emulator/counters/read`)
  expect(await counters.json()).toEqual({
    result: { exchanges: 0, deviceCodes: 0, deviceTokens: 0, installationTokens: 0, billed: {} },
  })
})

const REFUSED: readonly [path: string, argument: unknown, status: number, error: string][] = [
  [
    'nothing/here',
    undefined,
    404,
    '/_emulator/nothing/here does not exist; there are /_emulator/accounts/put',
  ],
  ['accounts/constructor', undefined, 404, 'does not exist'],
  ['accounts/put', 'nonsense', 400, 'the body is not JSON'],
  ['accounts/put', {}, 400, 'an account needs a login'],
  ['accounts/put', { login: 'a', plan: 'gold' }, 400, "plan 'gold' is not known; take one of free"],
  [
    'accounts/get',
    { login: 'nobody' },
    400,
    "account 'nobody' does not exist; known accounts: octo",
  ],
  ['tokens/issue', { kind: 'ghx' }, 400, 'token kind is not known'],
  ['tokens/issue', { kind: 'gho', value: 'ghu_1' }, 400, 'begins with gho_'],
  ['tokens/issue', { kind: 'gho', app: 'mine' }, 400, "app 'mine' is not known"],
  ['tokens/revoke', {}, 400, 'needs a token or a login'],
  ['quirks/set', { model: '*', quirks: { loud: true } }, 400, "quirk 'loud' is not known"],
  [
    'quirks/set',
    { model: '*', quirks: { padding: 'yes' } },
    400,
    "quirk 'padding' takes a boolean",
  ],
  ['settings/set', { speed: 1 }, 400, "setting 'speed' is not known"],
  ['device/approve', { userCode: 'X' }, 400, "device code 'X' does not exist"],
  ['models/put', { entry: {}, like: 'gpt-9' }, 400, "model 'gpt-9' does not exist"],
]

for (const [path, argument, status, error] of REFUSED) {
  test(`${path} ${JSON.stringify(argument)}: ${status} ${error}`, async () => {
    await using emulator = await createEmulator()
    const answered = await control(emulator, path, argument)
    expect(answered.status).toBe(status)
    expect(answered.error).toContain(error)
  })
}

test('a web page can control nothing', async () => {
  await using emulator = await createEmulator()
  const refused = await control(emulator, 'state/reset', undefined, {
    origin: 'https://evil.example',
  })
  expect(refused.status).toBe(403)
})

test('requests are recorded as they came, and can be looked for', async () => {
  await using caller = await call()
  await caller.chat({ messages: [user('hello')] }, { 'X-Interaction-Id': 'abc' })
  await caller.chat({ model: 'gpt-9' })
  await caller.get('/models')
  await caller.get('/nothing')
  const { control: inside } = caller.emulator
  expect(inside.requests.list({ route: 'chat' })).toHaveLength(2)
  expect(inside.requests.list({ gate: 'model' })).toMatchObject([{ model: 'gpt-9', status: 400 }])
  expect(inside.requests.list({ route: 'unknown' })).toMatchObject([
    { path: '/nothing', status: 404 },
  ])
  const [first] = inside.requests.list()
  expect(first).toMatchObject({
    method: 'POST',
    path: '/chat/completions',
    login: 'octo',
    credential: 'copilot',
    initiator: 'user',
    gate: 'passed',
    outcome: 'complete',
    body: { messages: [{ content: 'hello' }] },
  })
  expect(first?.headers['x-interaction-id']).toBe('abc')
  expect(first?.rawHeaders.join('|').toLowerCase()).toContain('x-interaction-id|abc')
  const over = await fetch(`${caller.emulator.url}/_emulator/requests/list?route=chat&status=400`)
  expect(((await over.json()) as { result: unknown[] }).result).toHaveLength(1)
  inside.requests.clear()
  expect(inside.requests.list()).toEqual([])
})

test('a header that was sent twice shows as two', async () => {
  await using caller = await call()
  const { port } = caller.emulator
  const { connect } = await import('node:net')
  const lines = [
    'GET /models HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'X-Initiator: user',
    'x-initiator: agent',
    'Connection: close',
    '',
    '',
  ]
  await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(lines.join('\r\n')))
    socket.on('close', resolve)
    socket.resume()
  })
  const [record] = caller.emulator.control.requests.list()
  expect(record?.headers['x-initiator']).toBe('user, agent')
  expect(record?.remarks).toEqual(['x-initiator is sent more than once'])
  expect(record?.rawHeaders.filter((one) => one.toLowerCase() === 'x-initiator')).toHaveLength(2)
})

test('only so many requests are remembered, and bodies only when wanted', async () => {
  await using caller = await call({ recordLimit: 3, recordBodies: false })
  for (let at = 0; at < 5; at++) await caller.chat({})
  const list = caller.emulator.control.requests.list()
  expect(list).toHaveLength(3)
  expect(list.every((one) => one.body === undefined && one.bodyBytes > 0)).toBe(true)
})

test('an account can be changed in parts; what was used stays', async () => {
  await using caller = await call()
  const { accounts } = caller.emulator.control
  await caller.chat({ model: 'gpt-5.1' })
  accounts.update({ login: 'octo', tokenBasedBilling: true, policies: { 'gpt-4o': 'disabled' } })
  const changed = accounts.get({ login: 'octo' })
  expect(changed.quotas.premium_interactions.usedNano).toBe(1e9)
  expect([changed.tokenBasedBilling, changed.plan]).toEqual([true, 'individual'])
  accounts.update({ login: 'octo', plan: 'enterprise' })
  expect(changed).toMatchObject({ host: 'enterprise', sku: 'copilot_enterprise_seat_quota' })
  expect(accounts.remove({ login: 'octo' })).toBe(true)
  expect(accounts.list()).toEqual([])
})

test('a reset brings back how it was started, tokens in the same order', async () => {
  await using emulator = await createEmulator({
    quirks: [{ model: '*', quirks: { padding: false } }],
  })
  const { control: inside } = emulator
  const first = inside.tokens.issue().value
  inside.accounts.put({ login: 'mona' })
  inside.quirks.set({ model: '*', quirks: { padding: true } })
  inside.settings.set({ pace: 9 })
  inside.clock.shift({ seconds: 99 })
  inside.faults.add({ do: { kind: 'reset' } })
  inside.state.reset()
  expect(inside.accounts.list().map((one) => one.login)).toEqual(['octo'])
  expect(inside.quirks.of({ model: 'gpt-4o' }).padding).toBe(false)
  expect(inside.settings.get().pace).toBe(0)
  expect(inside.clock.read().offsetSeconds).toBe(0)
  expect(inside.faults.list()).toEqual([])
  expect(inside.tokens.list()).toEqual([])
  expect(inside.tokens.issue().value).toBe(first)
})

test('tokens can have a value of your own, be listed and taken back', async () => {
  await using emulator = await createEmulator()
  const { tokens } = emulator.control
  tokens.issue({ value: 'gho_anything' })
  tokens.issue({ kind: 'github_pat' })
  expect(tokens.list().map((one) => one.kind)).toEqual(['gho', 'github_pat'])
  expect(tokens.revoke({ token: 'gho_anything' })).toBe(1)
  expect(tokens.revoke({ login: 'octo' })).toBe(1)
  expect(tokens.list()).toEqual([])
})

test('two seeds, two sequences; two emulators know nothing of each other', async () => {
  await using one = await createEmulator({ seed: 'a' })
  await using other = await createEmulator({ seed: 'b' })
  expect(one.control.tokens.issue().value).not.toBe(other.control.tokens.issue().value)
  one.control.accounts.put({ login: 'mona' })
  expect(other.control.accounts.list()).toHaveLength(1)
})

test('it closes with calls still open', async () => {
  const caller = await call({ pace: 1 })
  const response = await fetch(`${caller.emulator.url}/chat/completions`, {
    method: 'POST',
    headers: caller.headers(),
    body: JSON.stringify({ model: 'gpt-4o', messages: [user('write 100 words')], stream: true }),
  })
  const socket = new WebSocket(`${caller.emulator.url.replace('http', 'ws')}/responses`, {
    headers: caller.headers(),
  })
  await new Promise((resolve) => socket.on('open', resolve))
  const closed = new Promise((resolve) => socket.on('close', resolve))
  await caller.emulator.close()
  await expect(response.text()).rejects.toThrow('terminated')
  await closed
  await expect(fetch(`${caller.emulator.url}/_ping`)).rejects.toThrow('fetch failed')
})
