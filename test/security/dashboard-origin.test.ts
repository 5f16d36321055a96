import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'

let house: House
let cookie: string
beforeAll(async () => {
  house = await startHouse()
  const signedIn = await fetch(`${house.url}/ui/api/session`, {
    method: 'POST',
    headers: { 'x-jetway-dashboard': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ key: house.key }),
  })
  expect(signedIn.status).toBe(200)
  const set = signedIn.headers.get('set-cookie') ?? ''
  expect(set).toMatch(/HttpOnly/)
  expect(set).toMatch(/SameSite=Strict/)
  cookie = set.split(';')[0] ?? ''
})
afterAll(() => house.stop())

async function status(
  path: string,
  headers: Record<string, string>,
  method = 'POST',
): Promise<number> {
  const answer = await fetch(house.url + path, {
    method,
    headers,
    ...(method === 'GET' ? {} : { body: '{}' }),
  })
  await answer.body?.cancel()
  return answer.status
}

describe('a page of another origin, in a browser that is signed in', () => {
  const foreign: readonly (readonly [string, Record<string, string>])[] = [
    [
      'a form',
      { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' },
    ],
    [
      'a script without leave',
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'x-jetway-dashboard': '1' },
    ],
    ['a sandboxed frame', { origin: 'null', 'x-jetway-dashboard': '1' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1', 'x-jetway-dashboard': '1' }],
    ['a sister site', { 'sec-fetch-site': 'same-site', 'x-jetway-dashboard': '1' }],
    ['a link, with nothing said', {}],
  ]
  test.each(foreign)('%s does nothing with the cookie', async (_name, headers) => {
    expect(await status('/key/generate', { ...headers, cookie })).toBe(401)
    expect(await status('/v1/chat/completions', { ...headers, cookie })).toBe(401)
    expect(await status('/key/list', { ...headers, cookie }, 'GET')).toBe(401)
    expect(await status('/ui/api/live', { ...headers, cookie }, 'GET')).toBe(401)
  })

  test('the page itself does', async () => {
    const own = {
      cookie,
      'x-jetway-dashboard': '1',
      'sec-fetch-site': 'same-origin',
      origin: house.url,
    }
    expect(await status('/key/list', own, 'GET')).toBe(200)
    expect(await status('/key/generate', own)).toBe(200)
  })

  test('gets no leave to read, and none in advance', async () => {
    const asked = await fetch(`${house.url}/key/list`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'x-jetway-dashboard',
      },
    })
    expect(asked.headers.get('access-control-allow-origin')).toBeNull()
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('cannot frame the page, nor have it load or send anything elsewhere', async () => {
    const page = await fetch(`${house.url}/ui`)
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/default-src '(none|self)'/)
    expect(policy).toMatch(/frame-ancestors 'none'/)
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|https?:|\*/)
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    const html = await page.text()
    expect(
      [...html.matchAll(/(?:src|href)="([^"]+)"/g)].every(([, link]) =>
        /^\/|^data:/.test(link ?? ''),
      ),
    ).toBe(true)
  })
})
