import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { abortSignalOf } from '../core/cancel-signal.ts'
import type { Sink } from '../core/sink.ts'
import { post, send, sendRaw, startTestGateway } from './__fixtures__/start-test-gateway.ts'
import type { TestGateway } from './__fixtures__/start-test-gateway.ts'

const CHAT = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }
const KEY = 'sk-master'

let running: TestGateway[]

beforeEach(() => {
  running = []
})
afterEach(async () => {
  await Promise.all(running.map(({ gateway }) => gateway.close()))
})

async function start(
  ...options: Parameters<typeof startTestGateway>
): Promise<TestGateway & { readonly url: string }> {
  const started = await startTestGateway(...options)
  running.push(started)
  return { ...started, url: started.gateway.url }
}

describe('a call', () => {
  test('reaches the engine as the client wrote it', async () => {
    const { url, engine } = await start()
    const body = `{ "messages": [{"role":"user","content":"ü"}],  "model":"gpt-4o", "stream" : true}`
    const reply = await post(url, '/v1/chat/completions', body, { 'x-request-id': 'mine-1' })
    expect(reply).toMatchObject({ status: 200, json: { ok: true } })
    expect(reply.headers['x-request-id']).toBe('mine-1')
    const [call] = engine.calls
    expect(call).toMatchObject({
      id: 'mine-1',
      operation: 'generate',
      dialect: 'chat',
      model: 'gpt-4o',
      stream: true,
      caller: { kind: 'open', seat: 'own' },
    })
    expect(Buffer.from(call?.body.bytes ?? []).toString()).toBe(body)
    expect(call?.body.json).toEqual(JSON.parse(body))
  })

  test.each([
    '/v1/chat/completions',
    '/chat/completions',
    '//v1//chat/completions',
    '/v1/chat/completions/',
    '/v1/chat/completions?api-version=2',
  ])('is taken at %s', async (path) => {
    const { url, engine } = await start()
    expect((await post(url, path, CHAT)).status).toBe(200)
    expect(engine.calls).toHaveLength(1)
  })

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('may be compressed with %s', async (encoding, compress) => {
    const { url, engine } = await start()
    const body = compress(Buffer.from(JSON.stringify(CHAT)))
    const reply = await post(url, '/v1/chat/completions', body, { 'content-encoding': encoding })
    expect(reply.status).toBe(200)
    expect(engine.calls[0]?.body.json).toEqual(CHAT)
  })

  test('has an id of ours when the caller’s is not well formed', async () => {
    const { url, engine } = await start()
    const reply = await post(url, '/v1/chat/completions', CHAT, { 'x-request-id': 'a b;c' })
    expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(engine.calls[0]?.id).toBe(reply.headers['x-request-id'])
  })

  test('carries editor and Anthropic headers, and no other', async () => {
    const { url, engine } = await start()
    await post(url, '/v1/chat/completions', CHAT, {
      'Editor-Version': 'vscode/1.85.1',
      'Copilot-Integration-Id': 'vscode-chat',
      'X-Interaction-Id': 'i',
      'vscode-machineid': 'm',
      'anthropic-beta': 'b',
      'X-Initiator': 'agent',
      'User-Agent': 'GithubCopilot/1.155.0',
      Authorization: 'Bearer secret',
      Cookie: 'a=b',
      'X-Api-Key': 'secret',
      'X-Forwarded-For': '1.2.3.4',
      'X-Stainless-Lang': 'js',
    })
    expect(Object.fromEntries(engine.calls[0]?.headers ?? [])).toEqual({
      'editor-version': 'vscode/1.85.1',
      'copilot-integration-id': 'vscode-chat',
      'x-interaction-id': 'i',
      'vscode-machineid': 'm',
      'anthropic-beta': 'b',
      'x-initiator': 'agent',
      'user-agent': 'GithubCopilot/1.155.0',
    })
  })

  test('an SDK’s user agent stays here', async () => {
    const { url, engine } = await start()
    await post(url, '/v1/chat/completions', CHAT, { 'user-agent': 'OpenAI/JS 6.49.0' })
    expect(engine.calls[0]?.headers.has('user-agent')).toBe(false)
  })

  test('options of the call, in headers and body; a header wins, and the model sees none', async () => {
    const { url, engine } = await start()
    await post(
      url,
      '/v1/chat/completions',
      { ...CHAT, timeout: 5, num_retries: 1, fallbacks: ['gpt-4.1'], drop_params: true, top_k: 3 },
      { 'x-litellm-timeout': '2.5', 'x-litellm-num-retries': '0', 'x-jetway-fidelity': 'strict' },
    )
    const [call] = engine.calls
    expect(call?.options).toMatchObject({
      timeoutMs: 2500,
      retries: 0,
      fallbacks: ['gpt-4.1'],
      dropParams: true,
      strict: true,
    })
    expect(call?.body.json).toEqual({ ...CHAT, top_k: 3 })
    expect(JSON.parse(Buffer.from(call?.body.bytes ?? []).toString())).toEqual({
      ...CHAT,
      top_k: 3,
    })
  })
})

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

  test.each([
    ['GET', '/v1/chat/completions', 405, 'POST'],
    ['PUT', '/v1/chat/completions', 405, 'POST'],
    ['OPTIONS', '/chat/completions', 405, 'POST'],
    ['POST', '/health/liveliness', 405, 'GET'],
    ['DELETE', '/v1/models', 405, 'GET'],
    ['POST', '/v1/chat/completion', 404, undefined],
    ['GET', '/v2/models', 404, undefined],
    ['GET', '/v1/chat/..%2f..%2fmodels', 404, undefined],
  ])('%s %s → %i', async (method, path, status, allow) => {
    const { url } = await start()
    const reply = await send(url, path, { method })
    expect(reply.status).toBe(status)
    expect(reply.headers.allow).toBe(allow)
    expect(reply.json).toMatchObject({ error: { message: expect.any(String) } })
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

describe('answers', () => {
  test('a whole one has its length', async () => {
    const { url } = await start()
    const { headers } = await post(url, '/v1/chat/completions', CHAT)
    expect(headers).toMatchObject({ 'content-length': '11', 'content-type': 'application/json' })
    expect(headers['transfer-encoding']).toBeUndefined()
  })

  test('a stream arrives piece by piece, of any size', async () => {
    const { url, engine } = await start()
    const pieces = [
      'a',
      'b'.repeat(100),
      'c'.repeat(16_384),
      'd'.repeat(16_385),
      'e'.repeat(300_000),
    ]
    engine.answer = async (_call, sink) => {
      sink.head(200, { 'content-type': 'text/event-stream' })
      for (const piece of pieces) if (!sink.write(Buffer.from(piece))) await drained(sink)
      sink.write(new Uint8Array(0))
      sink.end(Buffer.from('!'))
    }
    const reply = await post(url, '/v1/chat/completions', CHAT)
    expect(reply.text).toBe(`${pieces.join('')}!`)
    expect(reply.headers['transfer-encoding']).toBe('chunked')
    expect(reply.headers['content-encoding']).toBeUndefined()
  })

  test('several on one connection do not run into each other', async () => {
    const { gateway, engine } = await start()
    engine.answer = (_call, sink) => {
      sink.head(200, {})
      sink.write(Buffer.from('one'))
      sink.end()
    }
    const body = JSON.stringify(CHAT)
    const one = `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n`
    const raw = await sendRaw(
      gateway.port,
      `${one}\r\n${body}${one}connection: close\r\n\r\n${body}`,
    )
    expect(raw.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
    expect(raw.match(/\r\n\r\n3\r\none\r\n0\r\n\r\n/g)).toHaveLength(2)
  })

  test('nothing is written into one under way when the client sends what is no HTTP', async () => {
    const { gateway, engine } = await start()
    engine.answer = (_call, sink) => {
      sink.head(200, {})
      sink.write(Buffer.from('one'))
    }
    const body = JSON.stringify(CHAT)
    const socket = connect(gateway.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    let raw = ''
    socket.setEncoding('latin1').on('data', (piece: string) => {
      raw += piece
      if (raw.endsWith('one\r\n')) socket.write('HELLO\r\n\r\n')
    })
    await once(socket, 'close')
    expect(raw).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n3\r\none\r\n$/)
  })

  test('a connection that was opened in advance may be used after the time for headers', async () => {
    const { gateway } = await start()
    const accepted = once(gateway.server, 'connection') as Promise<[Socket]>
    const socket = connect(gateway.port, '127.0.0.1')
    const [connection] = await accepted
    const late = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
    gateway.server.emit('clientError', late, connection)
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
    let raw = ''
    socket.setEncoding('latin1').on('data', (piece: string) => (raw += piece))
    await once(socket, 'close')
    expect(raw).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Jetway is running\n$/)
  })

  test('HTTP/1.0 gets no chunks', async () => {
    const { gateway, engine } = await start()
    engine.answer = (_call, sink) => {
      sink.head(200, {})
      sink.write(Buffer.from('one'))
      sink.end(Buffer.from('two'))
    }
    const body = JSON.stringify(CHAT)
    const raw = await sendRaw(
      gateway.port,
      `POST /v1/chat/completions HTTP/1.0\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    expect(raw).toMatch(/\r\n\r\nonetwo$/)
    expect(raw.toLowerCase()).not.toContain('transfer-encoding')
  })

  test('a client that leaves ends the call, with the reason', async () => {
    const { gateway, engine } = await start()
    const aborted = new Promise<unknown>((resolve) => {
      engine.answer = async (call, sink) => {
        sink.head(200, {})
        sink.write(Buffer.from('first'))
        await new Promise<void>((done) => {
          call.signal.addEventListener('abort', () => {
            resolve(call.signal.reason)
            done()
          })
        })
      }
    })
    const client = request({ port: gateway.port, path: '/v1/chat/completions', method: 'POST' })
    client.on('error', () => {})
    client.end(JSON.stringify(CHAT))
    const [incoming] = (await once(client, 'response')) as [NodeJS.ReadableStream]
    await once(incoming, 'data')
    client.destroy()
    expect(await aborted).toMatchObject({ code: 'client_closed_request' })
  })

  test('a slow client holds the sender back', async () => {
    const { gateway, engine } = await start()
    let written = 0
    const held = new Promise<void>((resolve) => {
      engine.answer = async (_call, sink) => {
        sink.head(200, {})
        const chunk = Buffer.alloc(65_536)
        while (sink.write(chunk)) written += chunk.length
        resolve()
        await drained(sink)
        sink.end()
      }
    })
    const client = request({ port: gateway.port, path: '/v1/chat/completions', method: 'POST' })
    client.end(JSON.stringify(CHAT))
    const [incoming] = (await once(client, 'response')) as [NodeJS.ReadableStream]
    await held
    expect(written).toBeLessThan(16 * 1024 * 1024)
    let received = 0
    for await (const chunk of incoming) received += (chunk as Buffer).length
    expect(received).toBe(written + 65_536)
  })

  test('an answer that breaks in the middle is cut, not closed well', async () => {
    const { url, engine } = await start()
    engine.answer = (_call, sink) => {
      sink.head(200, {})
      sink.write(Buffer.from('half'))
      sink.destroy(new Error('x') as never)
    }
    await expect(post(url, '/v1/chat/completions', CHAT)).rejects.toThrow(/hang up|aborted|reset/)
  })

  test('Expect: 100-continue with a body too large is refused without the body', async () => {
    const { gateway } = await start({ maxBodyBytes: 10 })
    const raw = await sendRaw(
      gateway.port,
      'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 11\r\nconnection: close\r\n\r\n',
    )
    expect(raw).toMatch(/^HTTP\/1\.1 413 /)
  })
})

describe('overload and the end', () => {
  test('one call more than allowed gets 503, while health still answers', async () => {
    const { url, engine } = await start({ maxConcurrentCalls: 1 })
    let finish: () => void = () => {}
    const running = new Promise<void>((resolve) => {
      engine.answer = async (_call, sink) => {
        resolve()
        await new Promise<void>((done) => {
          finish = done
        })
        sink.head(200, {})
        sink.end(Buffer.from('{}'))
      }
    })
    const first = post(url, '/v1/chat/completions', CHAT)
    await running
    const second = await post(url, '/v1/chat/completions', CHAT)
    expect(second).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect((await send(url, '/health/liveliness')).status).toBe(200)
    expect((await send(url, '/health/readiness')).status).toBe(200)
    finish()
    expect((await first).status).toBe(200)
    expect((await post(url, '/v1/models', {})).status).toBe(405)
  })

  test('bodies of all calls together are bounded, and let go again', async () => {
    const { url, engine } = await start({ maxBodyBytes: 1000 })
    const finish: (() => void)[] = []
    engine.answer = async (_call, sink) => {
      await new Promise<void>((done) => finish.push(done))
      sink.head(200, {})
      sink.end(Buffer.from('{}'))
    }
    const large = { model: 'm', messages: 'x'.repeat(900) }
    const ask = () => post(url, '/v1/chat/completions', large)
    const first = Array.from({ length: 8 }, ask)
    while (finish.length < 8) await new Promise(setImmediate)
    expect(await ask()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    for (const done of finish) done()
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual(Array(8).fill(200))
    const again = ask()
    while (finish.length < 9) await new Promise(setImmediate)
    finish[8]?.()
    expect((await again).status).toBe(200)
  })

  test('draining: not ready, nothing new, what runs finishes, the port is given back', async () => {
    const { url, gateway, engine } = await start()
    let finish: () => void = () => {}
    const running = new Promise<void>((resolve) => {
      engine.answer = async (_call, sink) => {
        sink.head(200, {})
        sink.write(Buffer.from('start '))
        resolve()
        await new Promise<void>((done) => {
          finish = done
        })
        sink.end(Buffer.from('end'))
      }
    })
    const first = post(url, '/v1/chat/completions', CHAT)
    await running
    const drained = gateway.drain(60_000)
    expect((await send(url, '/health/readiness')).status).toBe(503)
    expect((await send(url, '/health/liveliness')).status).toBe(200)
    expect((await post(url, '/v1/chat/completions', CHAT)).status).toBe(503)
    finish()
    expect((await first).text).toBe('start end')
    expect(await drained).toEqual({ cut: 0 })
    await expect(send(url, '/health/liveliness')).rejects.toThrow('ECONNREFUSED')
  })

  test('draining waits until a slow client has read all', async () => {
    const { gateway, engine } = await start()
    const size = 8 * 1024 * 1024
    engine.answer = (_call, sink) => {
      sink.head(200, {})
      sink.end(Buffer.alloc(size))
    }
    const client = request({ port: gateway.port, path: '/v1/chat/completions', method: 'POST' })
    client.end(JSON.stringify(CHAT))
    const [incoming] = (await once(client, 'response')) as [NodeJS.ReadableStream]
    const drained = gateway.drain(60_000)
    let received = 0
    for await (const chunk of incoming) received += (chunk as Buffer).length
    expect(received).toBe(size)
    expect(await drained).toEqual({ cut: 0 })
  })

  test('draining longer than allowed cuts what is left', async () => {
    const { url, gateway, engine } = await start()
    const running = new Promise<void>((resolve) => {
      engine.answer = async (call, sink) => {
        sink.head(200, {})
        sink.write(Buffer.from('start'))
        resolve()
        await once(abortSignalOf(call.signal), 'abort')
      }
    })
    const first = post(url, '/v1/chat/completions', CHAT)
    const failed = first.then(
      () => 'answered',
      () => 'cut',
    )
    await running
    expect(await gateway.drain(1)).toEqual({ cut: 1 })
    expect(await failed).toBe('cut')
  })
})

describe('own endpoints', () => {
  test('health needs no key, the catalogue’s does', async () => {
    const { url } = await start({ masterKey: KEY })
    expect(await send(url, '/health/liveliness')).toMatchObject({ status: 200, json: "I'm alive!" })
    expect(await send(url, '/health/readiness')).toMatchObject({ json: { status: 'ready' } })
    expect((await send(url, '/health')).status).toBe(401)
    expect((await send(url, '/v1/models')).status).toBe(401)
    expect((await send(url, '/openapi.json')).status).toBe(200)
  })

  test('what is missing makes the gateway not ready', async () => {
    const { url } = await start({}, { ready: () => Promise.reject(new Error('database')) })
    expect((await send(url, '/health/readiness')).status).toBe(503)
  })

  test('HEAD / is answered, as clients probe with it', async () => {
    const { url } = await start()
    expect(await send(url, '/', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
  })

  test('the description names what is served', async () => {
    const { url } = await start()
    const { json } = await send(url, '/openapi.json')
    const { paths } = json as { paths: Record<string, object> }
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/v1/chat/completions',
        '/chat/completions',
        '/v1/models/{id}',
        '/v1beta/models/{model}:generateContent',
        '/health',
      ]),
    )
  })
})

function drained(sink: Sink): Promise<void> {
  return new Promise((resolve) => {
    sink.onDrain = resolve
  })
}
