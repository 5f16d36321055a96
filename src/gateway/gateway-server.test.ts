import { once } from 'node:events'
import { request } from 'node:http'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { abortSignalOf } from '../core/cancel-signal.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { post, send } from './__fixtures__/start-test-gateway.ts'
import { CHAT, KEY, useTestGateways } from './__fixtures__/use-test-gateways.ts'

const start = useTestGateways()

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

  test.each(['drain', 'close'] as const)('%s lets what is left say its last words', async (how) => {
    const { url, gateway, engine } = await start()
    const running = new Promise<void>((resolve) => {
      engine.answer = async (call, sink) => {
        sink.head(200, {})
        sink.write(Buffer.from('start '))
        resolve()
        await once(abortSignalOf(call.signal), 'abort')
        sink.end(Buffer.from((call.signal.reason as Error).message))
      }
    })
    const first = post(url, '/v1/chat/completions', CHAT)
    await running
    if (how === 'drain') expect(await gateway.drain(1)).toEqual({ cut: 1 })
    else await gateway.close()
    expect((await first).text).toBe('start the gateway is stopping; call again in a moment')
  })

  test('a call whose body is still on its way is answered, too', async () => {
    const clock = createVirtualClock()
    const { gateway, engine } = await start({}, { clock })
    const client = request({ port: gateway.port, path: '/v1/chat/completions', method: 'POST' })
    client.on('error', () => {})
    client.write('{"model":')
    while (gateway.inFlight === 0) await new Promise(setImmediate)
    const answered = once(client, 'response')
    const drained = gateway.drain(1000)
    await clock.advance(1000)
    expect(await answered).toMatchObject([{ statusCode: 503 }])
    await clock.advance(1000)
    expect(await drained).toEqual({ cut: 1 })
    expect(engine.calls).toEqual([])
  })

  test('a client that reads nothing does not hold the stop up', async () => {
    const clock = createVirtualClock()
    const { gateway, engine } = await start({}, { clock })
    engine.answer = async (call, sink) => {
      sink.head(200, {})
      sink.write(Buffer.alloc(32 * 1024 * 1024))
      await once(abortSignalOf(call.signal), 'abort')
      sink.end(Buffer.from('stopping'))
    }
    const client = request({ port: gateway.port, path: '/v1/chat/completions', method: 'POST' })
    client.end(JSON.stringify(CHAT))
    await once(client, 'response')
    const drained = gateway.drain(1000)
    await clock.advance(1000)
    await clock.advance(1000)
    expect(await drained).toEqual({ cut: 1 })
    client.destroy()
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
