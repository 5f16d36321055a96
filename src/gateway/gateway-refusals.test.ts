import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { post, send, sendRaw } from './__fixtures__/start-test-gateway.ts'
import { CHAT, useTestGateways } from './__fixtures__/use-test-gateways.ts'

const start = useTestGateways()

describe('what is wrong is named, and nothing is called', () => {
  test.each<[string, string | Buffer, Record<string, string>, number, RegExp]>([
    ['no body', '', {}, 400, /no body/],
    [
      'broken JSON',
      '{"model": "a",\n "messages": [}',
      {},
      400,
      /a value is missing at line 2, column 15/,
    ],
    ['JSON that ends early', '{"a": "b', {}, 400, /it ends early at line 1, column 9/],
    ['text after the JSON', '{} x', {}, 400, /there is text after the end at line 1, column 4/],
    ['an array', '[1]', {}, 400, /must be a JSON object/],
    ['a number', '7', {}, 400, /must be a JSON object/],
    ['a model that is no text', '{"model": 7}', {}, 400, /model must be text/],
    [
      'deep nesting',
      `{"a":${'['.repeat(200)}${']'.repeat(200)}}`,
      {},
      400,
      /nested more than 128 levels/,
    ],
    ['a forged prototype', '{"a":{"__proto__":{"b":1}}}', {}, 400, /__proto__/],
    ['a large body', `{"a":"${'x'.repeat(3000)}"}`, {}, 413, /larger than this gateway takes/],
    [
      'a body that unfolds',
      gzipSync(Buffer.alloc(1_000_000, 'a')),
      { 'content-encoding': 'gzip' },
      413,
      /larger/,
    ],
    ['a false encoding', '{}', { 'content-encoding': 'gzip' }, 400, /not valid gzip/],
    [
      'an unknown encoding',
      '{}',
      { 'content-encoding': 'zstd' },
      415,
      /content-encoding zstd is not understood/,
    ],
    [
      'a timeout that is none',
      '{}',
      { 'x-litellm-timeout': 'soon' },
      400,
      /x-litellm-timeout must be a number/,
    ],
    [
      'too many retries',
      '{"num_retries": 99}',
      {},
      400,
      /num_retries must be a whole number, 0 to 10/,
    ],
    [
      'fallbacks that are no names',
      '{"fallbacks": [{"a":1}]}',
      {},
      400,
      /fallbacks must be a list/,
    ],
    [
      'an upstream of the client’s',
      '{"api_base": "http://evil"}',
      {},
      400,
      /api_base cannot be set by a client/,
    ],
    ['a key of the client’s', '{"api_key": "k"}', {}, 400, /api_key cannot be set by a client/],
    ['an unknown fidelity', '{}', { 'x-jetway-fidelity': 'x' }, 400, /strict or lenient/],
  ])('%s', async (_name, body, headers, status, message) => {
    const { url, engine } = await start({ maxBodyBytes: 2048 })
    const reply = await post(url, '/v1/chat/completions', body, headers)
    expect(reply.status).toBe(status)
    expect((reply.json as { error: { message: string } }).error.message).toMatch(message)
    expect(engine.calls).toEqual([])
  })

  test('a body without a length over the limit', async () => {
    const { url, engine } = await start({ maxBodyBytes: 2048 })
    const reply = await post(url, '/v1/chat/completions', 'x'.repeat(5000), {
      'transfer-encoding': 'chunked',
    })
    expect(reply.status).toBe(413)
    expect(engine.calls).toEqual([])
  })

  test('an action that no model has is answered with those there are', async () => {
    const { url } = await start()
    const { json } = await send(url, '/v1beta/models/gpt-4o:nope', { method: 'POST' })
    expect(json).toMatchObject({
      error: { code: 404, message: expect.stringMatching(/'nope'; there are generateContent,/) },
    })
  })

  test.each([
    ['GET', '/v1/chat/completions', 405, 'POST'],
    ['PUT', '/v1/chat/completions', 405, 'POST'],
    ['OPTIONS', '/chat/completions', 405, 'POST'],
    ['POST', '/health/liveliness', 405, 'GET'],
    ['DELETE', '/v1/models', 405, 'GET'],
    ['POST', '/v1/chat/completion', 404, undefined],
    ['GET', '/v2/models', 404, undefined],
    ['GET', '/v1/chat/..%2f..%2fmodels', 404, undefined],
    ['GET', '/v1beta/models/gpt-4o:generateContent', 405, 'POST'],
    ['HEAD', '/v1/models/gpt-4o%3AcountTokens', 405, 'POST'],
    ['DELETE', '/models/gpt-4o:generateContent', 405, 'POST'],
    ['POST', '/v1beta/models/gpt-4o', 405, 'GET'],
    ['DELETE', '/v1beta/models/gpt-4o', 405, 'GET'],
    ['POST', '/v1beta/models/gpt-4o:nope', 404, undefined],
    ['POST', '/v1/models/ft:gpt-4o:nope', 405, 'GET'],
  ])('%s %s → %i', async (method, path, status, allow) => {
    const { url } = await start()
    const reply = await send(url, path, { method })
    expect(reply.status).toBe(status)
    expect(reply.headers.allow).toBe(allow)
    if (method !== 'HEAD') {
      expect(reply.json).toMatchObject({ error: { message: expect.any(String) } })
    }
    expect(reply.headers['x-request-id']).toBeDefined()
  })

  test('a dialect that nobody speaks yet says so', async () => {
    const { url } = await start({}, { dialects: new Map() })
    const reply = await post(url, '/v1/chat/completions', CHAT)
    expect(reply.status).toBe(501)
    expect(reply.json).toMatchObject({ error: { code: 'not_implemented' } })
  })

  test('what is no HTTP', async () => {
    const { gateway } = await start()
    expect(await sendRaw(gateway.port, 'HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect(
      await sendRaw(
        gateway.port,
        `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
      ),
    ).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('a request of two lengths is not smuggled past', async () => {
    const { gateway, engine } = await start()
    const answer = await sendRaw(
      gateway.port,
      'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(engine.calls).toEqual([])
  })

  test('an error of ours is not shown, and its words do not reach the log', async () => {
    const lines: string[] = []
    const note = (message: string, fields?: object): void => {
      lines.push(message + JSON.stringify(fields))
    }
    const { url, engine } = await start(
      {},
      { log: { debug: note, info: note, warn: note, error: note } },
    )
    engine.answer = () => {
      throw new TypeError('secret prompt')
    }
    const reply = await post(url, '/v1/chat/completions', CHAT)
    expect(reply.status).toBe(500)
    expect(reply.text + lines.join()).not.toContain('secret prompt')
    expect(lines.join()).toContain('TypeError')
  })
})
