import { createVerify, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import type { HttpClient, HttpRequest } from '../../core/http.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createAppCredential } from './app-credential.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const NOW = 1_790_000_000_000

function app(answer?: { status: number; body: string }, privateKeyText = pem) {
  const clock = createVirtualClock(NOW)
  const sent: HttpRequest[] = []
  const http: HttpClient = {
    request(request) {
      sent.push(request)
      const token = `ghs_${sent.length}`
      const expires_at = new Date(clock.now() + 3_600_000).toISOString()
      const good = { status: 201, body: JSON.stringify({ token, expires_at }) }
      return Promise.resolve({ headers: {}, ...(answer ?? good) })
    },
  }
  const credential = createAppCredential({
    http: () => http,
    clock,
    appId: 'Iv23',
    installationId: '42',
    privateKey: privateKeyText,
  })
  return { clock, sent, credential }
}

test('asks as the App, signed with its key, for no more than ten minutes', async () => {
  const { sent, credential } = app()
  expect(await credential()).toEqual({
    token: 'ghs_1',
    host: 'github.com',
    expiresAtMs: NOW + 3_600_000,
  })
  expect(sent[0]?.url).toBe('https://api.github.com/app/installations/42/access_tokens')
  const [head = '', claims = '', signature = ''] =
    sent[0]?.headers['authorization']?.replace('Bearer ', '').split('.') ?? []
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT' })
  const { iat, exp, iss } = read(claims) as { iat: number; exp: number; iss: string }
  expect(iss).toBe('Iv23')
  expect(exp - iat).toBeLessThanOrEqual(600)
  expect(iat).toBeLessThan(NOW / 1000)
  const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`)
  expect(verify.verify(publicKey, signature, 'base64url')).toBe(true)
})

test('one token serves all until it nears its end; many who ask at once ask once', async () => {
  const { clock, sent, credential } = app()
  const tokens = await Promise.all(Array.from({ length: 5 }, () => credential()))
  expect(new Set(tokens.map(({ token }) => token))).toEqual(new Set(['ghs_1']))
  await clock.advance(54 * 60_000)
  expect((await credential()).token).toBe('ghs_1')
  await clock.advance(2 * 60_000)
  expect((await credential()).token).toBe('ghs_2')
  expect(sent).toHaveLength(2)
})

test('takes a key whose line ends are written out', async () => {
  const { credential } = app(undefined, pem.replaceAll('\n', '\\n'))
  expect((await credential()).token).toBe('ghs_1')
})

test.each([
  [{ status: 404, body: '{"message":"Not Found"}' }, /404.*Not Found.*installation/],
  [{ status: 201, body: '<html>' }, /something else/],
])('a refusal is said: %j', async (answer, words) => {
  await expect(app(answer).credential()).rejects.toThrow(words)
})

test('a key that is none is refused without a word of it', () => {
  expect(() => app(undefined, 'not-a-key-but-secret')).toThrow(/no RSA key in PEM/)
  expect(() => app(undefined, 'not-a-key-but-secret')).not.toThrow(/secret/)
})
