import { describe, expect, test } from 'vitest'
import { post, send } from './__fixtures__/start-test-gateway.ts'
import { CHAT, KEY, useTestGateways } from './__fixtures__/use-test-gateways.ts'

const start = useTestGateways()

describe('keys', () => {
  test.each([
    ['Authorization', `Bearer ${KEY}`],
    ['Authorization', `bearer ${KEY}`],
    ['Authorization', `BEARER   ${KEY}`],
    ['x-api-key', KEY],
    ['api-key', KEY],
    ['x-goog-api-key', KEY],
    ['x-litellm-api-key', KEY],
    ['x-litellm-api-key', `Bearer ${KEY}`],
  ])('%s: %s is taken', async (name, value) => {
    const { url, engine } = await start({ masterKey: KEY })
    const reply = await post(url, '/v1/chat/completions', CHAT, { [name]: value })
    expect(reply.status).toBe(200)
    expect(engine.calls[0]?.caller).toEqual({ kind: 'master', seat: 'own' })
  })

  test('a good key beside a wrong one counts', async () => {
    const { url } = await start({ masterKey: KEY })
    const headers = { authorization: 'Bearer undefined', 'x-api-key': KEY }
    expect((await post(url, '/v1/chat/completions', CHAT, headers)).status).toBe(200)
  })

  test.each<[string, Record<string, string>]>([
    ['none', {}],
    ['a wrong one', { authorization: 'Bearer sk-other' }],
    ['the start of the right one', { authorization: `Bearer ${KEY.slice(0, -1)}` }],
    ['the right one and more', { authorization: `Bearer ${KEY}x` }],
    ['another scheme', { authorization: `Basic ${KEY}` }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['one in a cookie', { cookie: `token=${KEY}` }],
  ])('%s gets 401 and nothing is called', async (_name, headers) => {
    const { url, engine } = await start({ masterKey: KEY })
    const reply = await post(url, '/v1/chat/completions', CHAT, headers)
    expect(reply.status).toBe(401)
    expect(reply.json).toMatchObject({ error: { message: expect.stringContaining('key') } })
    expect(reply.text).not.toContain(KEY)
    expect(engine.calls).toEqual([])
  })

  test('a key in the address is not read', async () => {
    const { url } = await start({ masterKey: KEY })
    expect((await post(url, `/v1/chat/completions?key=${KEY}`, CHAT)).status).toBe(401)
  })

  test('a changed master key counts from the next request on', async () => {
    const { url, settings } = await start({ masterKey: KEY })
    settings.current = { ...settings.current, masterKey: 'sk-new' }
    const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })
    expect((await post(url, '/v1/chat/completions', CHAT, bearer(KEY))).status).toBe(401)
    expect((await post(url, '/v1/chat/completions', CHAT, bearer('sk-new'))).status).toBe(200)
  })
})

describe('who may reach a gateway on loopback', () => {
  test.each([
    'localhost',
    'LOCALHOST:4000',
    '127.0.0.1:1',
    '[::1]:4000',
    'a.localhost',
    'host.docker.internal:4000',
    'mine.test',
  ])('host %s may', async (host) => {
    const { url } = await start({ allowedHosts: ['mine.test'] })
    expect((await send(url, '/health/liveliness', { headers: { host } })).status).toBe(200)
  })

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1'])(
    'host %j may not',
    async (host) => {
      const { url, engine } = await start()
      const reply = await post(url, '/v1/chat/completions', CHAT, { host })
      expect(reply.status).toBe(403)
      expect(engine.calls).toEqual([])
    },
  )

  test('a web page may not, unless it is ours or allowed', async () => {
    const { url, engine } = await start({ allowedOrigins: ['https://ok.example'] })
    const from = (origin: string) => post(url, '/v1/chat/completions', CHAT, { origin })
    expect((await from('https://evil.example')).status).toBe(403)
    expect((await from('null')).status).toBe(403)
    expect(engine.calls).toEqual([])
    expect((await from(url)).status).toBe(200)
    const allowed = await from('https://ok.example')
    expect(allowed.headers['access-control-allow-origin']).toBe('https://ok.example')
    const preflight = await send(url, '/v1/chat/completions', {
      method: 'OPTIONS',
      headers: { origin: 'https://ok.example', 'access-control-request-headers': 'x-a' },
    })
    expect(preflight).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-headers': 'x-a' },
    })
  })

  test('no page is given leave when a key guards the gateway', async () => {
    const { url } = await start({ masterKey: KEY })
    const reply = await post(url, '/v1/chat/completions', CHAT, {
      origin: 'https://evil.example',
      authorization: `Bearer ${KEY}`,
    })
    expect(reply.status).toBe(200)
    expect(reply.headers['access-control-allow-origin']).toBeUndefined()
  })
})
