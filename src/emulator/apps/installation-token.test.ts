import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { createEmulator } from '../create-emulator.ts'

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const emulator = await createEmulator()
afterAll(() => emulator.close())

interface Jwt {
  readonly key?: KeyObject
  readonly alg?: string
  readonly iss?: unknown
  readonly iat?: unknown
  readonly exp?: unknown
}

const now = (): number => Math.floor(emulator.control.clock.read().now / 1000)

function jwt({ key = pair.privateKey, alg = 'RS256', ...claims }: Jwt = {}): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const all = { iat: now() - 60, exp: now() + 540, iss: '77', ...claims }
  const text = `${part({ alg, typ: 'JWT' })}.${part(all)}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`
}

function ask(bearer: string, path = '/app/installations/42/access_tokens', agent = 'test') {
  return fetch(emulator.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'user-agent': agent },
  })
}

test('a JWT of the App gives a token that lives an hour, and no longer', async () => {
  emulator.control.state.reset()
  emulator.control.apps.put({ appId: '77', installationId: '42', publicKey })
  const response = await ask(jwt())
  expect(response.status).toBe(201)
  const body = (await response.json()) as { token: string; expires_at: string }
  expect(body).toMatchObject({ permissions: { copilot_requests: 'write' } })
  expect(body.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  expect(Math.abs(Date.parse(body.expires_at) / 1000 - now() - 3600)).toBeLessThanOrEqual(1)
  const exchange = () =>
    fetch(`${emulator.url}/copilot_internal/v2/token`, {
      headers: { authorization: `token ${body.token}`, 'user-agent': 'test' },
    })
  expect((await exchange()).status).toBe(200)
  emulator.control.clock.shift({ seconds: 3590 })
  expect((await exchange()).status).toBe(200)
  emulator.control.clock.shift({ seconds: 20 })
  expect((await exchange()).status).toBe(401)
  expect(emulator.control.counters.read().installationTokens).toBe(1)
})

test('the client id is taken as the issuer, and a server of one’s own has it below a path', async () => {
  emulator.control.state.reset()
  const app = emulator.control.apps.put({ appId: '77', installationId: '42', publicKey })
  expect((await ask(jwt({ iss: app.clientId }))).status).toBe(201)
  expect((await ask(jwt({ iss: 77 }), '/api/v3/app/installations/42/access_tokens')).status).toBe(
    201,
  )
})

test('without the permission the token exchanges nothing', async () => {
  emulator.control.state.reset()
  emulator.control.apps.put({
    appId: '77',
    installationId: '42',
    publicKey,
    copilotRequests: false,
  })
  const { token } = (await (await ask(jwt())).json()) as { token: string }
  const exchanged = await fetch(`${emulator.url}/copilot_internal/v2/token`, {
    headers: { authorization: `token ${token}`, 'user-agent': 'test' },
  })
  expect(exchanged.status).toBe(403)
})

test.each<[string, () => string, number, string]>([
  ['no JWT', () => 'abc', 401, 'could not be decoded'],
  ['another key', () => jwt({ key: other.privateKey }), 401, 'could not be decoded'],
  [
    'changed claims',
    () =>
      jwt().replace(
        /\.[^.]+\./,
        `.${Buffer.from(JSON.stringify({ iss: '77', iat: now() - 60, exp: now() + 60 })).toString('base64url')}.`,
      ),
    401,
    'could not be decoded',
  ],
  ['another algorithm', () => jwt({ alg: 'HS256' }), 401, 'could not be decoded'],
  ['no algorithm', () => jwt({ alg: 'none' }), 401, 'could not be decoded'],
  ['an App that is not there', () => jwt({ iss: '78' }), 404, 'Integration not found'],
  ['no issuer', () => jwt({ iss: undefined }), 404, 'Integration not found'],
  ['issued in the future', () => jwt({ iat: now() + 60 }), 401, "'iat'"],
  ['no time of issue', () => jwt({ iat: undefined }), 401, "'iat'"],
  ['over', () => jwt({ exp: now() - 1 }), 401, "('exp') must be a numeric value"],
  ['good for too long', () => jwt({ exp: now() + 700 }), 401, "('exp') is too far in the future"],
])('%s is refused', async (_what, token, status, message) => {
  emulator.control.state.reset()
  emulator.control.apps.put({ appId: '77', installationId: '42', publicKey })
  const response = await ask(token())
  expect(response.status).toBe(status)
  expect(((await response.json()) as { message: string }).message).toContain(message)
})

test('so is another installation, and one that is suspended', async () => {
  emulator.control.state.reset()
  emulator.control.apps.put({ appId: '77', installationId: '42', publicKey, suspended: true })
  expect((await ask(jwt(), '/app/installations/43/access_tokens')).status).toBe(404)
  expect((await ask(jwt())).status).toBe(403)
})
