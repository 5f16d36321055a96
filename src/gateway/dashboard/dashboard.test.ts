import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDemoGateway, type DemoGateway } from '../__fixtures__/start-demo-gateway.ts'
import { post, send, type Reply } from '../__fixtures__/start-test-gateway.ts'
import { openTeams } from '../admin/index.ts'

const MASTER = 'sk-master-of-the-page'
const PAGE = { 'x-jetway-dashboard': '1' }

let folder: string
let demo: DemoGateway
let memberKey: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetway-page-'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Jetway</title>')
  await writeFile(join(folder, 'app-ABC.js'), `console.log(${'1+'.repeat(500)}1)`)
  await writeFile(join(folder, 'secret.txt'), 'not a file of the page')
  demo = await startDemoGateway({
    gateway: {
      masterKey: MASTER,
      dashboardFolder: folder,
      extend: (context) => openTeams(context),
    },
  })
  const bearer = { authorization: `Bearer ${MASTER}` }
  await post(demo.url, '/user/new', { user_id: 'ada' }, bearer)
  const made = await post(demo.url, '/key/generate', { key_alias: 'hers', user_id: 'ada' }, bearer)
  memberKey = (made.json as { key: string }).key
})
afterAll(async () => {
  await demo[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const signIn = (key: string, headers: Record<string, string> = PAGE): Promise<Reply> =>
  post(demo.url, '/ui/api/session', { key }, headers)

async function cookieFor(key: string): Promise<string> {
  const { status, headers } = await signIn(key)
  expect(status).toBe(200)
  return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}

const ask = (path: string, headers: Record<string, string>): Promise<Reply> =>
  send(demo.url, path, { headers })

describe('the page', () => {
  test('runs nothing but its own, and stands in no frame', async () => {
    const { status, headers, text } = await ask('/ui', {})
    expect(status).toBe(200)
    expect(text).toContain('Jetway')
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
  })

  test('its files are kept for ever, and come as small as the browser takes them', async () => {
    const plain = await ask('/ui/assets/app-ABC.js', {})
    expect(plain.headers['cache-control']).toContain('immutable')
    expect(plain.headers['content-type']).toBe('text/javascript; charset=utf-8')
    const small = await fetch(`${demo.url}/ui/assets/app-ABC.js`, {
      headers: { 'accept-encoding': 'gzip' },
    })
    expect(small.headers.get('content-encoding')).toBe('gzip')
    expect(Number(small.headers.get('content-length'))).toBeLessThan(plain.text.length / 5)
    expect(await small.text()).toBe(plain.text)
  })

  test.each(['secret.txt', 'none.js', '..%2findex.html', '%2e%2e%2f%2e%2e%2fpackage.json'])(
    'no other file is served: %s',
    async (name) => {
      expect((await ask(`/ui/assets/${name}`, {})).status).toBe(404)
    },
  )

  test('a page that was not built says how to build it', async () => {
    await using other = await startDemoGateway({
      gateway: { dashboardFolder: join(folder, 'nowhere') },
    })
    const { status, text } = await send(other.url, '/ui')
    expect(status).toBe(503)
    expect(text).toContain('npm run build')
  })
})

describe('sessions', () => {
  test('a key is changed for a cookie that scripts cannot read and other sites do not send', async () => {
    const { headers, json, text } = await signIn(MASTER)
    const [cookie = ''] = headers['set-cookie'] ?? []
    expect(cookie).toMatch(
      /^jetway_session_\d+=[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
    )
    expect(cookie).not.toContain(MASTER)
    expect(text).not.toContain(MASTER)
    expect(Buffer.from(cookie.split(/[=;]/)[1] ?? '', 'base64url').includes(MASTER)).toBe(false)
    expect(json).toMatchObject({ signed_in: true, role: 'administrator', open: false })
  })

  test('behind TLS the cookie asks for it', async () => {
    const { headers } = await signIn(MASTER, { ...PAGE, 'x-forwarded-proto': 'https' })
    expect(headers['set-cookie']?.[0]).toContain('; Secure')
  })

  test('the session stands for its key, at administration and at calls', async () => {
    const cookie = await cookieFor(MASTER)
    expect((await ask('/key/list', { ...PAGE, cookie })).status).toBe(200)
    const call = await post(
      demo.url,
      '/v1/chat/completions',
      { model: 'gpt-4o', messages: [{ role: 'user', content: 'say: hello' }] },
      { ...PAGE, cookie },
    )
    expect(call.status).toBe(200)
    expect(call.text).toContain('hello')
  })

  test.each([
    ['without the page’s header', {}],
    ['from another site', { ...PAGE, 'sec-fetch-site': 'cross-site' }],
    ['from another port of this machine', { ...PAGE, 'sec-fetch-site': 'same-site' }],
    ['typed into the address line', { ...PAGE, 'sec-fetch-site': 'none' }],
    ['with another origin', { ...PAGE, origin: 'https://evil.example' }],
    ['from a sandboxed frame', { ...PAGE, origin: 'null' }],
  ])('%s the cookie counts for nothing', async (_, headers) => {
    const cookie = await cookieFor(MASTER)
    expect((await ask('/key/list', { ...headers, cookie })).status).toBe(401)
    const made = await post(demo.url, '/key/generate', {}, { ...headers, cookie })
    expect(made.status).toBe(401)
    expect((await signIn(MASTER, headers)).status).toBe(403)
  })

  test.each([
    [
      'a browser over TLS, behind a proxy that changes the host',
      { 'sec-fetch-site': 'same-origin', origin: 'https://jetway.example' },
    ],
    ['a browser of the same host', {}],
  ])('%s is the page itself', async (_, headers) => {
    const own = { ...PAGE, ...headers }
    const cookie = (await signIn(MASTER, own)).headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    expect((await ask('/key/list', { ...own, cookie })).status).toBe(200)
  })

  test('a cookie that was tampered with, cut or made up is no session', async () => {
    const cookie = await cookieFor(MASTER)
    const [name = '', value = ''] = cookie.split('=')
    const flipped = Buffer.from(value, 'base64url')
    for (let at = 0; at < flipped.length; at += 7) {
      const copy = Buffer.from(flipped)
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
      const forged = `${name}=${copy.toString('base64url')}`
      expect((await ask('/key/list', { ...PAGE, cookie: forged })).status).toBe(401)
    }
    for (const other of ['', 'x', value.slice(0, -9), 'a'.repeat(5_000)]) {
      const forged = `${name}=${other}`
      expect((await ask('/key/list', { ...PAGE, cookie: forged })).status).toBe(401)
    }
  })

  test('signing out ends it, also for who has copied the cookie', async () => {
    const cookie = await cookieFor(MASTER)
    const out = await send(demo.url, '/ui/api/session', {
      method: 'DELETE',
      headers: { ...PAGE, cookie },
    })
    expect(out.headers['set-cookie']?.[0]).toContain('Max-Age=0')
    expect((await ask('/key/list', { ...PAGE, cookie })).status).toBe(401)
    expect((await ask('/ui/api/session', { ...PAGE, cookie })).json).toMatchObject({
      signed_in: false,
    })
  })

  test('a member sees the own, and no administration', async () => {
    const cookie = await cookieFor(memberKey)
    const headers = { ...PAGE, cookie }
    expect((await ask('/ui/api/session', headers)).json).toMatchObject({
      role: 'member',
      user_id: 'ada',
      name: 'hers',
    })
    expect((await ask('/key/list', headers)).json).toMatchObject({ keys: [{ key_alias: 'hers' }] })
    for (const path of ['/user/list', '/team/list', '/audit']) {
      expect((await ask(path, headers)).status).toBe(403)
    }
    expect((await post(demo.url, '/key/generate', {}, headers)).status).toBe(403)
  })

  test('a revoked key’s session is over at once', async () => {
    const bearer = { authorization: `Bearer ${MASTER}` }
    const made = await post(demo.url, '/key/generate', { key_alias: 'short' }, bearer)
    const cookie = await cookieFor((made.json as { key: string }).key)
    expect((await ask('/key/info', { ...PAGE, cookie })).status).toBe(200)
    await post(demo.url, '/key/delete', { keys: ['short'] }, bearer)
    expect((await ask('/key/info', { ...PAGE, cookie })).status).toBe(401)
  })

  test('a key that was sent counts, whatever the cookie says', async () => {
    const cookie = await cookieFor(MASTER)
    const headers = { ...PAGE, cookie, authorization: `Bearer ${memberKey}` }
    expect((await ask('/user/list', headers)).status).toBe(403)
  })

  test('an open gateway asks for no sign-in', async () => {
    await using other = await startDemoGateway({ gateway: { dashboardFolder: folder } })
    expect((await send(other.url, '/ui/api/session')).json).toMatchObject({
      signed_in: true,
      open: true,
      role: 'administrator',
    })
  })

  test('wrong keys are slowed down, and say no more than that they are wrong', async () => {
    await using other = await startDemoGateway({
      gateway: { masterKey: MASTER, dashboardFolder: folder },
    })
    const attempt = (key: string) => post(other.url, '/ui/api/session', { key }, PAGE)
    for (let count = 0; count < 10; count++) expect((await attempt('sk-wrong')).status).toBe(401)
    const refused = await attempt(MASTER)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused.headers['set-cookie']).toBeUndefined()
  })

  test.each([[{}], [{ key: '' }], [{ key: 7 }]])('%j is no key', async (body) => {
    const { status, text } = await post(demo.url, '/ui/api/session', body, PAGE)
    expect(status).toBe(400)
    expect(text).toContain('key is missing')
  })
})

describe('what only the page asks', () => {
  test('quota, seat and models of the caller', async () => {
    const headers = { authorization: `Bearer ${MASTER}` }
    expect((await ask('/ui/api/quota', headers)).json).toMatchObject({ login: 'octo' })
    expect((await ask('/ui/api/seat', headers)).json).toMatchObject({
      signed_in: true,
      login: 'octo',
    })
    const { models } = (await ask('/ui/api/models', headers)).json as { models: object[] }
    expect(models.find((model) => 'name' in model && model.name === 'gpt-4o')).toMatchObject({
      provider: 'github_copilot',
      wires: ['chat'],
      prices: { inputNanoCredits: expect.any(Number) },
    })
    expect((await ask('/ui/api/models', {})).status).toBe(401)
  })

  test('calls are seen as they open and close; a member sees the own', async () => {
    const watch = (key: string) => follow('/ui/api/live', { authorization: `Bearer ${key}` })
    const all = await watch(MASTER)
    const hers = await watch(memberKey)
    const say = (key: string, text: string) =>
      post(
        demo.url,
        '/v1/embeddings',
        { model: 'text-embedding-3-small', input: text },
        { authorization: `Bearer ${key}`, 'x-request-id': `live-${text}` },
      )
    await say(MASTER, 'master')
    await say(memberKey, 'member')
    const seen = await all.until(
      (text) =>
        text.includes('"id":"live-member","model"') && text.split('event: close').length > 2,
    )
    expect(seen).toContain('event: calls\ndata: {"calls":[]}')
    expect(seen.match(/event: open/g)).toHaveLength(2)
    const own = await hers.until((text) => text.includes('event: close'))
    expect(own).toContain('live-member')
    expect(own).not.toContain('live-master')
    all.stop()
    hers.stop()
  })
})

async function follow(path: string, headers: Record<string, string>) {
  const controller = new AbortController()
  const response = await fetch(demo.url + path, { headers, signal: controller.signal })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    stop: () => {
      controller.abort()
    },
    async until(enough: (text: string) => boolean): Promise<string> {
      while (!enough(text)) {
        const piece = await reader?.read()
        if (!piece || piece.done) break
        text += piece.value
      }
      return text
    },
  }
}
