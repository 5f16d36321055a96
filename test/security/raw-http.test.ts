import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { rawRequest, statuses } from './support/raw-request.ts'

let house: House
let member: string
beforeAll(async () => {
  house = await startHouse()
  const made = await fetch(`${house.url}/key/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.key}` },
    body: JSON.stringify({ allowed_routes: ['/v1/chat/completions'] }),
  })
  ;({ key: member } = (await made.json()) as { key: string })
})
afterAll(() => house.stop())

const call = '{"model":"gpt-4o","messages":[{"role":"user","content":"say: hi"}]}'
const hidden = 'GET /key/list HTTP/1.1\r\nhost: localhost\r\n\r\n'

function head(lines: readonly string[], path = '/v1/chat/completions'): string {
  const key = `authorization: Bearer ${house.key}`
  return [`POST ${path} HTTP/1.1`, 'host: localhost', key, ...lines, '', ''].join('\r\n')
}

describe('what two servers could read differently is one answer and a closed connection', () => {
  test.each<[string, readonly string[], string]>([
    [
      'two ways of length',
      ['content-length: 5', 'transfer-encoding: chunked'],
      `0\r\n\r\n${hidden}`,
    ],
    ['two lengths', ['content-length: 5', `content-length: ${call.length}`], call + hidden],
    ['two equal lengths', ['content-length: 5', 'content-length: 5'], `12345${hidden}`],
    ['a list of lengths', ['content-length: 5, 5'], `12345${hidden}`],
    ['a length with a sign', ['content-length: +5'], `12345${hidden}`],
    ['a length in hexadecimal', ['content-length: 0x5'], `12345${hidden}`],
    ['an unknown coding', ['transfer-encoding: xchunked'], `0\r\n\r\n${hidden}`],
    ['chunked, but not the last', ['transfer-encoding: chunked, identity'], `0\r\n\r\n${hidden}`],
    ['chunked with a tab before the colon', ['transfer-encoding\t: chunked'], `0\r\n\r\n${hidden}`],
    ['a space before the colon', ['content-length : 5'], `12345${hidden}`],
    ['a folded header', ['x-a: b', ' content-length: 5'], hidden],
    ['a size of a chunk that is none', ['transfer-encoding: chunked'], `zz\r\n${hidden}`],
    ['a size beyond numbers', ['transfer-encoding: chunked'], `fffffffffffffffff\r\n${hidden}`],
    ['NUL in a header', ['x-a: b\0c', 'content-length: 0'], hidden],
    ['a carriage return alone', ['x-a: b\rcontent-length: 5', 'content-length: 0'], hidden],
  ])('%s', async (_name, lines, body) => {
    const answer = await rawRequest(house.url, head(lines) + body)
    expect(statuses(answer)).toEqual([400])
    expect(answer).toMatch(/^connection: close/im)
    expect(answer).not.toContain('"keys"')
  })

  test('what is right, and two on one connection, still works', async () => {
    const whole =
      head(['transfer-encoding: chunked']) + `${call.length.toString(16)}\r\n${call}\r\n0\r\n\r\n`
    const answer = await rawRequest(house.url, whole + whole, 5_000)
    expect(statuses(answer)).toEqual([200, 200])
  })
})

describe('a header of a client', () => {
  test('ends at its end: nothing is added to the request upstream or to the answer', async () => {
    const lines = [
      'editor-version: vscode/1\tx-injected: 1',
      'x-request-id: a b: c',
      'x-initiator: user',
      'x-interaction-id: \u00ff\u00fe',
      `content-length: ${call.length}`,
    ]
    const answer = await rawRequest(house.url, head(lines) + call, 3_000)
    const [status] = statuses(answer)
    expect([200, 400]).toContain(status)
    expect(answer).not.toMatch(/^x-injected/im)
    expect(answer).not.toContain('a b: c')
    for (const { headers } of house.emulator.control.requests.list()) {
      expect(Object.keys(headers)).not.toContain('x-injected')
      expect(JSON.stringify(headers)).not.toContain(house.key)
    }
  })

  test('that is sent on is one word in one header: `%0d%0a` stays text', async () => {
    const answer = await fetch(`${house.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${house.key}`,
        'editor-version': 'vscode/1%0d%0ax-injected: 1',
        cookie: 'a=b',
        'x-forwarded-for': '1.2.3.4',
        'proxy-authorization': 'Basic YTpi',
      },
      body: call,
    })
    expect(answer.status).toBe(200)
    const sent = house.emulator.control.requests.list().at(-1)
    expect(sent?.headers['editor-version']).toBe('vscode/1%0d%0ax-injected: 1')
    for (const name of ['x-injected', 'cookie', 'x-forwarded-for', 'proxy-authorization']) {
      expect(sent?.headers).not.toHaveProperty(name)
    }
  })
})

describe('a path', () => {
  test.each([
    '/v1/chat/completions/../../../key/list',
    '/v1/chat/completions/%2e%2e/%2e%2e/%2e%2e/key/list',
    '/v1/chat/completions/..%2f..%2f..%2fkey/list',
    '/%6bey/list',
    '/key%2flist',
    '/key/list;/v1/chat/completions',
    '/key/list%00/v1/chat/completions',
    '/key/list%3f/v1/chat/completions',
    '//key//list',
    '/KEY/LIST',
    '/./key/list',
    '/key\\list',
    'http://localhost/key/list',
    'http://evil.example/key/list',
    'http://localhost//key/list/',
  ])('%s reads nobody’s keys', async (path) => {
    const line = `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer ${member}\r\n\r\n`
    const answer = await rawRequest(house.url, line, 700)
    const [status = 0] = statuses(answer)
    expect(status === 200 || (status >= 400 && status < 500)).toBe(true)
    // Where it is the list after all, this key sees itself alone.
    expect(answer.match(/"key_id"/g)?.length ?? 0).toBeLessThanOrEqual(1)
    const change = line.replace('GET', 'POST').replace('list', 'generate')
    const changed = await rawRequest(
      house.url,
      change.replace('\r\n\r\n', '\r\ncontent-length: 2\r\n\r\n{}'),
      700,
    )
    expect(statuses(changed)[0]).toBeGreaterThanOrEqual(400)
    expect(statuses(changed)[0]).toBeLessThan(500)
  })
})

describe('the name it is called by', () => {
  test.each([
    ['another name', 'GET /livez HTTP/1.1\r\nconnection: close\r\nhost: evil.example\r\n\r\n', 403],
    [
      'a name that only begins like ours',
      'GET /livez HTTP/1.1\r\nconnection: close\r\nhost: localhost.evil.example\r\n\r\n',
      403,
    ],
    [
      'one of two',
      'GET /livez HTTP/1.1\r\nconnection: close\r\nhost: localhost\r\nhost: evil.example\r\n\r\n',
      400,
    ],
    ['none, in HTTP/1.1', 'GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    [
      'another in the target',
      'GET http://evil.example/livez HTTP/1.1\r\nconnection: close\r\nhost: evil.example\r\n\r\n',
      403,
    ],
    [
      'with a user',
      'GET /livez HTTP/1.1\r\nconnection: close\r\nhost: localhost@evil.example\r\n\r\n',
      403,
    ],
    [
      'in brackets',
      'GET /livez HTTP/1.1\r\nconnection: close\r\nhost: [evil.example]\r\n\r\n',
      403,
    ],
  ])('%s', async (_name, bytes, status) => {
    expect(statuses(await rawRequest(house.url, bytes))[0]).toBe(status)
  })

  test('no tunnel is opened, and no other protocol', async () => {
    const connectAnswer = await rawRequest(
      house.url,
      'CONNECT api.github.com:443 HTTP/1.1\r\nhost: localhost\r\n\r\n',
    )
    expect(connectAnswer).not.toMatch(/^HTTP\/1\.1 2/)
    const h2 = await rawRequest(
      house.url,
      'GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n',
    )
    expect(h2).not.toMatch(/^HTTP\/1\.1 101/)
  })
})
