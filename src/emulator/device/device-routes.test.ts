import { expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createEmulator } from '../index.ts'
import type { Emulator, EmulatorOptions } from '../index.ts'
import type { Loose } from '../__fixtures__/caller.ts'

const CLIENT = 'Iv1.b507a08c87ecfe98'
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

async function post(
  emulator: Emulator,
  path: string,
  fields: Record<string, string>,
  form: 'json' | 'form' = 'json',
): Promise<{ status: number; fields: Record<string, string>; type: string | null }> {
  const response = await fetch(emulator.url + path, {
    method: 'POST',
    headers: {
      'content-type': form === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
      ...(form === 'json' && { accept: 'application/json' }),
    },
    body: form === 'json' ? JSON.stringify(fields) : new URLSearchParams(fields).toString(),
  })
  const text = await response.text()
  const type = response.headers.get('content-type')
  const read =
    form === 'json'
      ? (JSON.parse(text) as Record<string, string>)
      : Object.fromEntries(new URLSearchParams(text))
  return { status: response.status, fields: read, type }
}

async function started(
  options: EmulatorOptions = {},
  client = CLIENT,
  form: 'json' | 'form' = 'json',
): Promise<{
  emulator: Emulator
  clock: ReturnType<typeof createVirtualClock>
  code: Record<string, string>
  poll: () => Promise<{ status: number; fields: Record<string, string> }>
}> {
  const clock = createVirtualClock()
  const emulator = await createEmulator({ clock, ...options })
  const asked = { client_id: client, scope: 'read:user' }
  const { fields: code } = await post(emulator, '/login/device/code', asked, form)
  const poll = (): Promise<{ status: number; fields: Record<string, string> }> =>
    post(
      emulator,
      '/login/oauth/access_token',
      { client_id: client, device_code: code['device_code'] ?? '', grant_type: GRANT },
      form,
    )
  return { emulator, clock, code, poll }
}

for (const form of ['json', 'form'] as const) {
  test(`the flow from code to token, in ${form}`, async () => {
    const { emulator, clock, code, poll } = await started({}, CLIENT, form)
    expect(code['user_code']).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/)
    expect(code['device_code']).toMatch(/^[0-9a-f]{40}$/)
    expect(Number(code['expires_in'])).toBe(900)
    expect(Number(code['interval'])).toBe(5)
    const pending = await poll()
    expect([pending.status, pending.fields['error']]).toEqual([200, 'authorization_pending'])
    expect(pending.fields['error_uri']).toContain('https://docs.github.com/')
    emulator.control.device.approve({ userCode: code['user_code'] ?? '', login: 'octo' })
    clock.jump(5000)
    const granted = await poll()
    expect(granted.fields['access_token']).toMatch(/^ghu_/)
    expect([granted.fields['token_type'], granted.fields['scope']]).toEqual(['bearer', ''])
    expect(emulator.control.tokens.list()[0]?.login).toBe('octo')
    clock.jump(5000)
    expect((await poll()).fields['error']).toBe('incorrect_device_code')
    await emulator.close()
  })
}

test('an OAuth app gets a gho_ token with the scope it asked for', async () => {
  const { emulator, code, poll } = await started({}, 'Ov23li8tweQw6odWQebz')
  emulator.control.device.approve({ userCode: code['user_code'] ?? '' })
  const { fields } = await poll()
  expect(fields['access_token']).toMatch(/^gho_/)
  expect(fields['scope']).toBe('read:user')
  expect(emulator.control.tokens.list()[0]?.app.name).toBe('opencode')
  await emulator.close()
})

test('polling too fast gets slow_down and a longer interval, which then counts', async () => {
  const { emulator, clock, poll } = await started()
  expect((await poll()).fields['error']).toBe('authorization_pending')
  clock.jump(1000)
  const slow = (await poll()).fields
  expect([slow['error'], slow['interval']]).toEqual(['slow_down', 10])
  clock.jump(5000)
  expect((await poll()).fields['interval']).toBe(15)
  clock.jump(15_000)
  expect((await poll()).fields['error']).toBe('authorization_pending')
  await emulator.close()
})

test('a code can be denied, expire by command and by time', async () => {
  for (const end of ['denied', 'expired', 'late'] as const) {
    const { emulator, clock, code, poll } = await started({ deviceCodeLifetimeSeconds: 60 })
    const userCode = code['user_code'] ?? ''
    if (end === 'denied') emulator.control.device.deny({ userCode })
    if (end === 'expired') emulator.control.device.expire({ userCode })
    if (end === 'late') clock.jump(60_000)
    const error = end === 'denied' ? 'access_denied' : 'expired_token'
    expect((await poll()).fields['error']).toBe(error)
    await emulator.close()
  }
})

test('autoApprove lets the n-th poll through', async () => {
  const { emulator, clock, poll } = await started({ autoApproveAfterPolls: 2 })
  expect((await poll()).fields['error']).toBe('authorization_pending')
  clock.jump(5000)
  expect((await poll()).fields['access_token']).toMatch(/^ghu_/)
  await emulator.close()
})

test('scripted slow_down and incorrect_device_code just after issue', async () => {
  const { emulator, poll } = await started()
  emulator.control.faults.add({
    on: { route: 'access-token' },
    times: 1,
    do: { kind: 'slow-down', interval: 42 },
  })
  expect((await poll()).fields).toMatchObject({ error: 'slow_down', interval: 42 })
  emulator.control.faults.add({
    on: { route: 'access-token' },
    times: 1,
    do: { kind: 'reply', status: 200, body: { error: 'incorrect_device_code' } },
  })
  expect((await poll()).fields['error']).toBe('incorrect_device_code')
  await emulator.close()
})

const WRONG: readonly [change: Record<string, string>, error: string][] = [
  [{ client_id: 'nobody' }, 'incorrect_client_credentials'],
  [{ grant_type: 'password' }, 'unsupported_grant_type'],
  [{ device_code: 'wrong' }, 'incorrect_device_code'],
  [{ client_id: 'Ov23li8tweQw6odWQebz' }, 'incorrect_device_code'],
]

for (const [change, error] of WRONG) {
  test(`${JSON.stringify(change)} gets ${error} with status 200`, async () => {
    const { emulator, code } = await started()
    const fields = { client_id: CLIENT, device_code: code['device_code'] ?? '', grant_type: GRANT }
    const answered = await post(emulator, '/login/oauth/access_token', { ...fields, ...change })
    expect([answered.status, answered.fields['error']]).toEqual([200, error])
    await emulator.close()
  })
}

test('an unknown client gets no code', async () => {
  await using emulator = await createEmulator()
  const answered = await post(emulator, '/login/device/code', { client_id: 'nobody' })
  expect([answered.status, answered.fields['error']]).toEqual([404, 'Not Found'])
})

test('a person approves on the page, without a script', async () => {
  const { emulator, code, poll } = await started({
    accounts: [{ login: 'octo' }, { login: '<mona>' }],
  })
  const url = code['verification_uri'] ?? ''
  const form = await (await fetch(`${url}?user_code=${code['user_code']}`)).text()
  expect(form).toContain(`value="${code['user_code']}"`)
  expect(form).toContain('<option>&lt;mona&gt;</option>')
  const submit = (fields: Record<string, string>, origin?: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(origin !== undefined && { origin }),
      },
      body: new URLSearchParams(fields),
    })
  expect((await submit({ user_code: 'WRONG-ONE' })).status).toBe(422)
  const userCode = (code['user_code'] ?? '').toLowerCase()
  expect((await submit({ user_code: userCode }, 'https://evil.example')).status).toBe(403)
  const done = await submit({ user_code: userCode, login: '<mona>', decision: 'approve' })
  expect(await done.text()).toContain('connected as <b>&lt;mona&gt;</b>')
  expect((await poll()).fields['access_token']).toMatch(/^ghu_/)
  expect((emulator.control.tokens.list() as unknown as Loose)[0]?.['login']).toBe('<mona>')
  await emulator.close()
})

test('a person can refuse on the page', async () => {
  const { emulator, code, poll } = await started()
  await fetch(code['verification_uri'] ?? '', {
    method: 'POST',
    body: new URLSearchParams({ user_code: code['user_code'] ?? '', decision: 'deny' }),
  })
  expect((await poll()).fields['error']).toBe('access_denied')
  await emulator.close()
})
