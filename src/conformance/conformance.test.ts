import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { APIConnectionError } from '../core/errors.ts'
import { CHAT_CHECKS } from './chat.ts'
import { Unmet } from './check.ts'
import type { CheckResult } from './check.ts'
import { dataOf, eventsOf } from './event-stream.ts'
import { GEMINI_CHECKS } from './gemini/index.ts'
import { DIALECTS, runConformance } from './index.ts'
import type { ConformanceOptions } from './index.ts'
import { MESSAGES_CHECKS } from './messages/index.ts'
import { OLLAMA_CHECKS } from './ollama.ts'
import { RESPONSES_CHECKS } from './responses.ts'
import { count, either, filled, list, needShape, nothing, object, word } from './shape.ts'

const ALL = [MESSAGES_CHECKS, GEMINI_CHECKS, CHAT_CHECKS, RESPONSES_CHECKS, OLLAMA_CHECKS].flat()

test('every check has an id of its own, a requirement, and a public source', () => {
  expect(new Set(ALL.map(({ id }) => id)).size).toBe(ALL.length)
  for (const { id, requirement, source } of ALL) {
    expect(DIALECTS.some((dialect) => id.startsWith(`${dialect}.`))).toBe(true)
    expect(requirement.length).toBeGreaterThan(20)
    expect(source).toMatch(/^https:\/\//)
  }
})

describe('shapes', () => {
  const shape = object({
    id: filled,
    'n?': count,
    kind: word('a', 'b'),
    items: list(object({ x: either(count, nothing) }), 1),
  })

  test.each([
    ['right', { id: '1', kind: 'a', items: [{ x: null }, { x: 1 }], more: true }, undefined],
    ['missing', { kind: 'a', items: [{ x: 1 }] }, 'id is missing'],
    ['empty', { id: '', kind: 'a', items: [{ x: 1 }] }, 'id is "", not text that is not empty'],
    ['optional', { id: '1', n: -1, kind: 'a', items: [{ x: 1 }] }, 'n is -1, not a whole number'],
    ['word', { id: '1', kind: 'c', items: [{ x: 1 }] }, 'kind is "c", not "a" or "b"'],
    ['few', { id: '1', kind: 'a', items: [] }, 'items has 0 items, not at least 1'],
    ['deep', { id: '1', kind: 'a', items: [{ x: 1 }, { x: 'y' }] }, 'items[1].x is "y", not null'],
    ['no object', 'text', 'the answer is "text", not an object'],
  ])('%s', (_name, value, problem) => {
    const check = (): void => {
      needShape(value, shape)
    }
    if (problem === undefined) expect(check).not.toThrow()
    else expect(check).toThrow(new Unmet(problem))
  })
})

describe('streams', () => {
  const reply = (text: string, type = 'text/event-stream', status = 200) => ({
    status,
    text,
    headers: new Headers({ 'content-type': type }),
  })

  test('events are read with LF and CRLF, comments are none', () => {
    const text = ': hi\n\nevent: a\ndata: {"x":1}\n\ndata: 1\r\ndata: 2\r\n\r\n'
    expect(eventsOf(reply(text))).toEqual([
      { event: 'a', data: '{"x":1}' },
      { event: undefined, data: '1\n2' },
    ])
  })

  test.each([
    ['a failure', reply('no', 'text/event-stream', 500), /status 500/],
    ['another type', reply('data: 1\n\n', 'application/json'), /content-type is application\/json/],
    ['nothing', reply(': only a comment\n\n'), /no event/],
  ])('%s is unmet', (_name, given, message) => {
    expect(() => eventsOf(given)).toThrow(message)
  })

  test('data that is no object is unmet', () => {
    expect(() => dataOf({ event: undefined, data: '[1]' })).toThrow(/no JSON object/)
  })
})

describe('a server', () => {
  let status = 200
  let body = '{}'
  const seen: { path: string; headers: NodeJS.Dict<string | string[]> }[] = []
  const server = createServer((request, response) => {
    seen.push({ path: request.url ?? '', headers: request.headers })
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  let baseUrl = ''
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  async function results(options: Partial<ConformanceOptions>): Promise<CheckResult[]> {
    const found: CheckResult[] = []
    const asked = { dialect: 'messages', baseUrl, ...options } as const
    for await (const result of runConformance(asked)) found.push(result)
    return found
  }

  test.each(DIALECTS)('that answers {} to everything meets nothing of %s', async (dialect) => {
    status = 200
    body = '{}'
    const found = await results({ dialect, apiKey: 'key' })
    expect(found.filter(({ outcome }) => outcome === 'passed')).toEqual([])
    for (const { outcome, detail } of found) {
      if (outcome === 'failed') expect(detail).toBeTruthy()
    }
  })

  test.each(DIALECTS)('that fails always meets nothing of %s', async (dialect) => {
    status = 500
    body = 'oops'
    const found = await results({ dialect, apiKey: 'key' })
    expect(found.filter(({ outcome }) => outcome === 'passed')).toEqual([])
  })

  test('is asked below its base URL, with or without the version, with the dialect’s headers', async () => {
    for (const end of ['', '/', '/v1', '/v1/']) {
      seen.length = 0
      await results({ baseUrl: baseUrl + end, apiKey: 'sk-secret' })
      expect(seen[0]?.path).toBe('/v1/messages')
      expect(seen[0]?.headers).toMatchObject({
        'x-api-key': 'sk-secret',
        'anthropic-version': '2023-06-01',
      })
    }
  })

  test('that is not there ends it with the reason', async () => {
    const gone = createServer()
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
    const { port } = gone.address() as AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    const asked = results({ baseUrl: `http://127.0.0.1:${port}` })
    await expect(asked).rejects.toThrow(APIConnectionError)
    await expect(asked).rejects.toThrow('ECONNREFUSED')
  })

  test('that goes away in between fails each further check with the reason', async () => {
    status = 200
    body = '{}'
    const brittle = createServer((request, response) => {
      if (request.url === '/v1/messages') response.writeHead(200).end('{}')
      else request.socket.destroy()
    })
    await new Promise<void>((resolve) => brittle.listen(0, '127.0.0.1', resolve))
    const { port } = brittle.address() as AddressInfo
    const found = await results({ baseUrl: `http://127.0.0.1:${port}` })
    brittle.closeAllConnections()
    brittle.close()
    const counted = found.find(({ id }) => id === 'messages.count.shape')
    expect(counted).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('/count') })
  })

  test.each(['ftp://host', 'nonsense'])('%s is no base URL', async (wrong) => {
    await expect(results({ baseUrl: wrong })).rejects.toThrow(TypeError)
  })

  test('an abort ends it', async () => {
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    await expect(results({ signal: controller.signal })).rejects.toThrow('enough')
  })
})
