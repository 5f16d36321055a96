import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../core/clock.ts'
import { PermissionDeniedError } from '../core/errors.ts'
import type { AttemptRecord, CallRecord } from '../core/ledger.ts'
import type { JsonObject } from '../core/json.ts'
import type { WireName } from '../core/model.ts'
import { createTransport } from '../transport/transport.ts'
import { RecordingSink } from './__fixtures__/recording-sink.ts'
import { events, json, startServer } from './__fixtures__/scripted-server.ts'
import type { Reply, ScriptedServer } from './__fixtures__/scripted-server.ts'
import { deployment, SOMEONE, testCall, testHouse } from './__fixtures__/test-house.ts'
import { createTinyUpstream, tinyModel } from './__fixtures__/tiny-upstream.ts'
import type { TinyUpstreamOptions } from './__fixtures__/tiny-upstream.ts'

const transport = createTransport()
const servers: ScriptedServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})
afterAll(() => transport.destroy())

async function serve(...replies: readonly Reply[]): Promise<ScriptedServer> {
  const server = await startServer(...replies)
  servers.push(server)
  return server
}

type HouseOptions = NonNullable<Parameters<typeof testHouse>[1]>

/** One upstream `tiny` with the models `one` and `two` in front of a server that answers as told. */
async function house(
  replies: readonly Reply[],
  options: HouseOptions & { readonly upstream?: Partial<TinyUpstreamOptions> } = {},
) {
  const server = await serve(...replies)
  const upstream = createTinyUpstream({
    provider: 'tiny',
    origin: server.origin,
    models: [tinyModel('one'), tinyModel('two')],
    ...options.upstream,
  })
  const made = testHouse([upstream], {
    transport,
    // No test waits for a back-off.
    random: () => 0,
    ...options,
  })
  return { server, upstream, ...made, house: made }
}

const whole = { model: 'one', prompt: 'hi' }
const streamed = { ...whole, stream: true }
const good = json(200, { say: 'hello', tokens: 3 })
const down = json(503, { error: 'down' })

async function ask(
  engine: { run: ReturnType<typeof testHouse>['engine']['run'] },
  body: JsonObject,
  changes: Parameters<typeof testCall>[1] = {},
): Promise<{ readonly sink: RecordingSink; readonly record: CallRecord }> {
  const sink = new RecordingSink()
  const record = await engine.run(testCall(body, changes), sink)
  return { sink, record }
}

describe('relay', () => {
  test('a whole answer passes byte for byte, with a head that says how', async () => {
    const { engine, server } = await house([good])
    const { sink, record } = await ask(engine, { model: 'tiny/one', prompt: 'hi', extra: [1, 2] })
    expect(sink.events).toEqual(['head', 'end'])
    expect(sink.text).toBe('{"say":"hello","tokens":3}')
    expect(sink.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '26',
      'x-request-id': 'call-1',
      'x-jetway-model': 'tiny/one',
      'x-jetway-wire': 'chat',
      'x-jetway-attempts': '1',
    })
    expect(sink.headers['x-jetway-overhead-ms']).toMatch(/^\d+\.\d$/)
    expect(server.received[0]?.body).toBe('{"prompt":"hi","extra":[1,2],"model":"one"}')
    expect(server.received[0]?.headers['authorization']).toBe('Bearer 1')
    expect(record).toMatchObject({
      outcome: 'ok',
      status: 200,
      mode: 'relay',
      provider: 'tiny',
      model: 'one',
      modelAsked: 'tiny/one',
      initiator: { value: 'user' },
      usage: { outputTokens: 3 },
      attempts: [{ number: 1, status: 200, initiator: 'user' }],
    })
  })

  test('a request that needs no change goes on as the very bytes it came in', async () => {
    const { engine, server } = await house([good])
    const bytes = Buffer.from('{ "prompt" : "h\\u00e9" ,\n "model":"one" }')
    const body = { bytes, json: JSON.parse(bytes.toString()) as JsonObject }
    await ask(engine, body.json, { body })
    expect(server.received[0]?.body).toBe(bytes.toString())
  })

  test('a stream passes as it came, and its usage is read beside it', async () => {
    const { engine } = await house([events('{"say":"a"}', '{"say":"b"}', '{"done":2}')])
    const { sink, record } = await ask(engine, streamed)
    expect(sink.text).toBe('data: {"say":"a"}\n\ndata: {"say":"b"}\n\ndata: {"done":2}\n\n')
    expect(sink.events.at(0)).toBe('head')
    expect(sink.events.at(-1)).toBe('end')
    expect(sink.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
    })
    expect(record).toMatchObject({ outcome: 'ok', stream: true, usage: { outputTokens: 2 } })
    expect(record.timing.firstByteMs).toBeLessThanOrEqual(record.timing.totalMs)
  })

  test('a model that nobody named is the default', async () => {
    const { engine, server } = await house([good], {
      upstream: { models: [tinyModel('gpt-4o')] },
    })
    await ask(engine, { prompt: 'hi' })
    expect(server.received[0]?.body).toBe('{"prompt":"hi","model":"gpt-4o"}')
  })

  test('the SDK’s defaults are sent where a model takes them, and left out where it reasons', async () => {
    const supports = { ...tinyModel('x').supports, reasoningEfforts: ['low'] }
    const models = [
      tinyModel('plain', { limits: { outputTokens: 2000 } }),
      tinyModel('thinker', { supports }),
    ]
    const { engine, server } = await house([good], { upstream: { models } })
    const options = { sdkDefaults: true }
    await ask(engine, { model: 'plain', prompt: 'hi', temperature: 0.5 }, { options })
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
      model: 'plain',
      prompt: 'hi',
      temperature: 0.5,
      top_p: 1,
      max_tokens: 2000,
    })
    const { record } = await ask(engine, { model: 'thinker', prompt: 'hi' }, { options })
    expect(server.received[1]?.body).toBe('{"model":"thinker","prompt":"hi"}')
    expect(record.rewrites.map((rewrite) => rewrite.field)).toEqual([
      'temperature',
      'top_p',
      'max_tokens',
    ])
  })
})

describe('translate', () => {
  const models = [tinyModel('one', { wires: ['messages'] })]

  test('a whole answer of another wire is made into the client’s', async () => {
    const { engine, server } = await house([json(200, { utter: 'hello', tokens: 3 })], {
      upstream: { models },
    })
    const { sink, record } = await ask(engine, whole)
    expect(server.received[0]).toMatchObject({
      path: '/messages',
      body: '{"model":"one","utter":"hi","stream":false}',
    })
    expect(sink.text).toBe('{"say":"hello","tokens":3}')
    expect(record).toMatchObject({
      mode: 'translate',
      wire: 'messages',
      usage: { outputTokens: 3 },
    })
  })

  test('a stream, wherever it is cut', async () => {
    const text = 'data: {"utter":"a"}\n\ndata: {"utter":"b"}\n\ndata: {"done":2}\n\n'
    for (const at of [1, 20, 21, 30, text.length - 1]) {
      const { engine } = await house(
        [
          (response) => {
            response.writeHead(200)
            response.write(text.slice(0, at), () => {
              setImmediate(() => response.end(text.slice(at)))
            })
          },
        ],
        { upstream: { models } },
      )
      const { sink, record } = await ask(engine, streamed)
      expect(sink.text).toBe('data: {"say":"a"}\n\ndata: {"say":"b"}\n\ndata: {"done":2}\n\n')
      expect(record).toMatchObject({ outcome: 'ok', usage: { outputTokens: 2 } })
    }
  })

  test('an answer that is no JSON is the upstream’s fault, and tried again', async () => {
    const { engine } = await house(
      [
        (response) => {
          response.end('<html>')
        },
        json(200, { utter: 'hello', tokens: 3 }),
      ],
      { upstream: { models } },
    )
    const { sink, record } = await ask(engine, whole)
    expect(sink.text).toBe('{"say":"hello","tokens":3}')
    expect(record.attempts.map((attempt) => attempt.error)).toEqual([
      'BadGatewayError (invalid_answer)',
      undefined,
    ])
  })

  test('more than one answer is refused where the wire gives one', async () => {
    const { engine, server } = await house([good], { upstream: { models } })
    const { sink, record } = await ask(engine, { ...whole, n: 2 })
    expect(sink.failure?.error).toMatchObject({ name: 'BadRequestError', param: 'n' })
    expect(server.received).toHaveLength(0)
    expect(record).toMatchObject({ outcome: 'failed', status: 400 })
  })

  test('what is lost is named; strict fidelity refuses it', async () => {
    const { engine, server } = await house([json(200, { utter: 'x' })], {
      upstream: { models, degraded: ['service_tier'] },
    })
    const { sink, record } = await ask(engine, { ...whole, top_k: 5 })
    expect(sink.headers['x-jetway-degraded']).toBe('top_k, service_tier')
    expect(record.degraded).toEqual(['top_k', 'service_tier'])
    const strict = await ask(engine, { ...whole, top_k: 5 }, { options: { strict: true } })
    expect(strict.sink.failure?.error).toMatchObject({ code: 'would_degrade', param: 'top_k' })
    expect(strict.sink.failure?.error.message).toContain('top_k, service_tier')
    expect(server.received).toHaveLength(1)
  })

  test('what we put into earlier answers is taken out of a relay, and named; the rest stays as it came', async () => {
    const { engine, server } = await house([good])
    const { record } = await ask(engine, { ...whole, ours: 'seal', odd: 1 })
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({ ...whole, odd: 1 })
    expect(record).toMatchObject({ mode: 'relay', degraded: ['ours'] })
    expect(record.rewrites).toContainEqual({
      field: 'ours',
      action: 'repaired',
      reason: 'upstream does not know it',
    })
  })

  test('an answer that would be cut is streamed by the upstream and put together', async () => {
    const limits = { nonStreamingOutputTokens: 100, outputTokens: 1000 }
    const { engine, server } = await house(
      [events('{"say":"hel"}', '{"say":"lo"}', '{"done":3}'), good],
      { upstream: { models: [tinyModel('one', { limits })] } },
    )
    const { sink, record } = await ask(engine, whole)
    expect(JSON.parse(server.received[0]?.body ?? '')).toMatchObject({ stream: true })
    expect(sink.events).toEqual(['head', 'end'])
    expect(sink.text).toBe('{"say":"hello","tokens":3}')
    expect(sink.headers['content-type']).toBe('application/json')
    expect(record).toMatchObject({ mode: 'translate', usage: { outputTokens: 3 } })
    await ask(engine, { ...whole, max_tokens: 100 })
    expect(JSON.parse(server.received[1]?.body ?? '')).not.toHaveProperty('stream')
  })

  test('a model that cannot stream answers a streaming client all the same', async () => {
    const supports = { ...tinyModel('x').supports, streaming: false }
    const { engine, server } = await house([good], {
      upstream: { models: [tinyModel('one', { supports })] },
    })
    const { sink } = await ask(engine, streamed)
    expect(JSON.parse(server.received[0]?.body ?? '')).toMatchObject({ stream: false })
    expect(sink.text).toBe('data: {"say":"hello"}\n\ndata: {"done":3}\n\n')
    expect(sink.headers['content-type']).toBe('text/event-stream')
  })
})

describe('again, before the first byte', () => {
  test('a target that is down is tried again, as the agent’s, and all attempts are told', async () => {
    const told: AttemptRecord[] = []
    const { engine, server } = await house([down, down, good], {
      observers: [{ attempted: (_, attempt) => told.push(attempt) }],
    })
    const { sink, record } = await ask(engine, whole)
    expect(sink.text).toContain('hello')
    expect(sink.headers['x-jetway-attempts']).toBe('3')
    expect(server.received.map((one) => one.headers['x-attempt'])).toEqual(['1', '2', '3'])
    expect(record.attempts).toMatchObject([
      {
        number: 1,
        status: 503,
        initiator: 'user',
        error: 'ServiceUnavailableError (down)',
        next: 'retry in 0 ms',
      },
      { number: 2, status: 503, initiator: 'agent', next: 'retry in 0 ms' },
      { number: 3, status: 200, initiator: 'agent' },
    ])
    expect(told).toEqual(record.attempts)
  })

  test('but not more often than allowed', async () => {
    const { engine, server } = await house([down])
    const { sink, record } = await ask(engine, whole, { options: { retries: 1 } })
    expect(server.received).toHaveLength(2)
    expect(sink.events).toEqual(['fail'])
    expect(sink.status).toBe(503)
    expect(sink.headers).toMatchObject({ 'x-jetway-attempts': '2', 'x-request-id': 'call-1' })
    expect(sink.failure?.error).toMatchObject({
      llm_provider: 'tiny',
      model: 'one',
      request_id: 'call-1',
    })
    expect(record).toMatchObject({ outcome: 'failed', status: 503, error: { code: 'down' } })
  })

  test('a request that is wrong is sent once', async () => {
    const { engine, server } = await house([json(400, { error: 'nonsense' })])
    const { sink } = await ask(engine, whole)
    expect(server.received).toHaveLength(1)
    expect(sink.failure?.answer.body).toMatchObject({ error: 'BadRequestError' })
  })

  test('a wait that is asked for and too long is passed on, in whole seconds', async () => {
    const { engine, server } = await house([
      json(429, { error: 'slow' }, { 'retry-after': '400.2' }),
    ])
    const { sink } = await ask(engine, whole)
    expect(server.received).toHaveLength(1)
    expect(sink.headers['retry-after']).toBe('401')
  })

  test('a connection that is cut before the answer is tried again', async () => {
    const { engine } = await house([(response) => response.destroy(), good])
    const { record } = await ask(engine, whole)
    expect(record.attempts).toMatchObject([
      { status: 0, error: 'APIConnectionError (connection_reset)' },
      { status: 200 },
    ])
  })

  test('an error as the first event of a stream is an answer that was never given', async () => {
    const { engine } = await house([
      events('{"error":"rate_limited"}'),
      events('{"say":"a"}', '{"done":1}'),
    ])
    const { sink, record } = await ask(engine, streamed)
    expect(sink.text).toBe('data: {"say":"a"}\n\ndata: {"done":1}\n\n')
    expect(record.attempts).toHaveLength(2)
  })

  test('a whole answer that is cut in two is tried again', async () => {
    const { engine } = await house([
      (response) => {
        response.writeHead(200, { 'content-length': '26' })
        response.write('{"say":"he', () => response.destroy())
      },
      good,
    ])
    const { sink } = await ask(engine, whole)
    expect(sink.text).toBe('{"say":"hello","tokens":3}')
  })

  test('a redirect is no answer', async () => {
    const { engine, server } = await house([
      (response) => {
        response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
      },
    ])
    const { sink } = await ask(engine, whole, { options: { retries: 0 } })
    expect(sink.events).toEqual(['fail'])
    expect(server.received).toHaveLength(1)
  })
})

describe('mends', () => {
  test('a credential is renewed once, and the same call sent again', async () => {
    const { engine, upstream, server } = await house([
      json(401, { error: 'expired', mend: 'renew-credential' }),
      good,
    ])
    const { record } = await ask(engine, whole, { options: { retries: 0 } })
    expect(server.received.map((one) => one.headers['authorization'])).toEqual([
      'Bearer 1',
      'Bearer 2',
    ])
    expect(upstream.mends).toEqual([{ kind: 'renew-credential' }])
    expect(record.attempts[0]).toMatchObject({ status: 401, next: 'renew-credential' })
    // What GitHub refused it did not bill: the call that follows is still the person's own.
    expect(record.attempts.map((attempt) => attempt.initiator)).toEqual(['user', 'user'])
    expect(upstream.drafts[1]?.lessons).toEqual([{ kind: 'renew-credential' }])
  })

  test('but not twice', async () => {
    const { engine, server } = await house([json(401, { error: 'bad', mend: 'renew-credential' })])
    const { sink } = await ask(engine, whole)
    expect(server.received).toHaveLength(2)
    expect(sink.status).toBe(401)
  })

  test('a wire that the model refuses is left for another, and remembered', async () => {
    const models = [tinyModel('one', { wires: ['chat', 'messages'] })]
    const { engine, server } = await house(
      [
        json(400, { error: 'unsupported', mend: 'other-wire', model: 'one' }),
        json(200, { utter: 'hello', tokens: 1 }),
      ],
      { upstream: { models } },
    )
    await ask(engine, whole)
    await ask(engine, whole)
    expect(server.received.map((one) => one.path)).toEqual(['/chat', '/messages', '/messages'])
  })
})

describe('after the first byte', () => {
  test('an upstream that is gone ends the stream with exactly one error event', async () => {
    for (const wires of [['chat'], ['messages']] as const) {
      const field = wires[0] === 'chat' ? 'say' : 'utter'
      const { engine, server } = await house([events(`{"${field}":"a"}`, undefined)], {
        upstream: { models: [tinyModel('one', { wires })] },
      })
      const { sink, record } = await ask(engine, streamed)
      expect(sink.events.at(-1)).toBe('failStream')
      expect(sink.text).toBe('data: {"say":"a"}\n\ndata: {"error":"connection_reset"}\n\n')
      expect(server.received).toHaveLength(1)
      expect(record).toMatchObject({
        outcome: 'failed',
        status: 200,
        error: { name: 'APIConnectionError' },
      })
    }
  })

  test('a stream that just ends, too', async () => {
    for (const wires of [['chat'], ['messages']] as const) {
      const field = wires[0] === 'chat' ? 'say' : 'utter'
      const { engine } = await house([events(`{"${field}":"a"}`)], {
        upstream: { models: [tinyModel('one', { wires })] },
      })
      const { sink, record } = await ask(engine, streamed)
      expect(sink.text).toBe('data: {"say":"a"}\n\ndata: {"error":"stream_incomplete"}\n\n')
      expect(record.error?.code).toBe('stream_incomplete')
    }
  })

  test('the upstream’s own error event is passed on, and is the last', async () => {
    const { engine } = await house([events('{"say":"a"}', '{"error":"boom"}', '{"say":"more"}')])
    const { sink, record } = await ask(engine, streamed)
    expect(sink.text).toBe('data: {"say":"a"}\n\ndata: {"error":"boom"}\n\n')
    expect(sink.events.filter((event) => event === 'failStream')).toHaveLength(1)
    expect(record).toMatchObject({ outcome: 'failed', error: { code: 'boom' } })
  })

  test('a connection that is cut after the closing event harms nobody', async () => {
    const { engine } = await house([events('{"say":"a"}', '{"done":1}', undefined)])
    const { sink, record } = await ask(engine, streamed)
    expect(sink.events.at(-1)).toBe('end')
    expect(record.outcome).toBe('ok')
  })
})

describe('other models', () => {
  const models = [tinyModel('one'), tinyModel('two'), tinyModel('three')]
  const byModel: Reply = (response, { body }) => {
    const { model } = JSON.parse(body) as { model: string }
    if (model === 'two') json(200, { say: 'from two' })(response, { path: '', headers: {}, body })
    else json(500, { error: `${model}-broke` })(response, { path: '', headers: {}, body })
  }

  test('the group’s fallbacks, in order, each attempt told', async () => {
    const { engine } = await house([byModel], {
      upstream: { models },
      router: { retries: 0, fallbacks: new Map([['one', ['three', 'two']]]) },
    })
    const { sink, record } = await ask(engine, whole)
    expect(sink.text).toContain('from two')
    expect(sink.headers['x-jetway-model']).toBe('tiny/two')
    expect(record.attempts.map(({ model, next }) => [model, next])).toEqual([
      ['one', 'fallback to three'],
      ['three', 'fallback to two'],
      ['two', undefined],
    ])
  })

  test('the call’s own list stands in for it', async () => {
    const { engine } = await house([byModel], {
      upstream: { models },
      router: { retries: 0, fallbacks: new Map([['one', ['three']]]) },
    })
    const { sink } = await ask(engine, whole, { options: { fallbacks: ['tiny/two'] } })
    expect(sink.text).toContain('from two')
  })

  test('when all fail, the first one’s error is the answer', async () => {
    const { engine } = await house([byModel], {
      upstream: { models },
      router: { retries: 0, defaultFallbacks: ['three', 'missing'] },
    })
    const { sink } = await ask(engine, whole)
    expect(sink.failure?.error.code).toBe('one-broke')
  })

  test('a group with another target goes on there at once', async () => {
    const other = await serve(json(200, { say: 'from the other' }))
    const { engine, server } = await house([down], {
      deployments: [
        deployment({ modelName: 'group', model: 'one' }),
        deployment({ modelName: 'group', model: 'one', apiBase: other.origin, order: 2 }),
      ],
    })
    const { sink, record } = await ask(engine, { ...whole, model: 'group' })
    expect(sink.text).toContain('from the other')
    expect(server.received).toHaveLength(1)
    expect(record.attempts[0]?.next).toBe('try another target')
  })

  test('an address that came with the call is not its fallback’s', async () => {
    const { engine, upstream, server } = await house([down, good], {
      upstream: { models },
    })
    const second = createTinyUpstream({ provider: 'else', origin: server.origin, models })
    const made = testHouse([upstream, second], { transport, random: () => 0 })
    void engine
    await ask(made.engine, whole, {
      options: { retries: 0, fallbacks: ['else/two'], apiBase: server.origin, apiKey: 'sk-1' },
    })
    expect(upstream.places).toEqual([{ seat: 'own', apiBase: server.origin, apiKey: 'sk-1' }])
    expect(second.places).toEqual([{ seat: 'own', apiBase: undefined, apiKey: undefined }])
  })
})

describe('time', () => {
  test('an upstream that says nothing ends at the call’s timeout', async () => {
    const { engine, server } = await house([() => {}])
    const { sink, record } = await ask(engine, whole, { options: { timeoutMs: 30 } })
    expect(sink.failure?.error).toMatchObject({ name: 'Timeout', status: 504 })
    expect(record.attempts).toHaveLength(1)
    await expect.poll(() => server.aborted()).toBe(1)
  })

  test('an upstream that never gives leave ends there, too', async () => {
    const { upstream } = await house([good])
    const stuck = { ...upstream, access: () => new Promise<never>(() => {}) }
    const { engine } = testHouse([stuck], { transport })
    const { sink, record } = await ask(engine, whole, { options: { timeoutMs: 20 } })
    expect(sink.failure?.error).toMatchObject({ name: 'Timeout', code: 'timeout' })
    expect(record.attempts).toMatchObject([{ status: 0, error: 'Timeout (timeout)' }])
  })

  test('a client that goes away meanwhile is not kept', async () => {
    const { upstream } = await house([good])
    const controller = new AbortController()
    const findModel = (): Promise<never> => {
      setImmediate(() => controller.abort())
      return new Promise(() => {})
    }
    const { engine } = testHouse([{ ...upstream, findModel }], { transport })
    const { sink, record } = await ask(engine, whole, { signal: controller.signal })
    expect(record.outcome).toBe('aborted')
    expect(sink.events).toEqual([])
  })

  test('a stream that stalls ends with the error event', async () => {
    const { engine } = await house([
      (response) => {
        response.writeHead(200)
        response.write('data: {"say":"a"}\n\n')
      },
    ])
    const { sink, record } = await ask(engine, streamed, { options: { streamTimeoutMs: 30 } })
    expect(sink.text).toBe('data: {"say":"a"}\n\ndata: {"error":"stream_timeout"}\n\n')
    expect(record.error?.name).toBe('Timeout')
  })

  test('silence is broken between two events, never inside one', async () => {
    const { engine } = await house(
      [
        (response) => {
          response.writeHead(200)
          response.write('data: {"say":"a"}\n\n')
          setTimeout(() => response.write('data: {"say":'), 50)
          setTimeout(() => response.end('"b"}\n\ndata: {"done":2}\n\n'), 100)
        },
      ],
      { router: { keepAliveMs: 15 } },
    )
    const { sink, record } = await ask(engine, streamed)
    expect(sink.text.replaceAll(': waiting\n\n', '')).toBe(
      'data: {"say":"a"}\n\ndata: {"say":"b"}\n\ndata: {"done":2}\n\n',
    )
    expect(sink.text).toMatch(/^data: \{"say":"a"\}\n\n(: waiting\n\n)+data: \{"say":"b"\}/)
    expect(record.outcome).toBe('ok')
  })
})

describe('the client', () => {
  test('that goes away ends the upstream’s work at once', async () => {
    const { engine, server } = await house([
      (response) => {
        response.writeHead(200)
        response.write('data: {"say":"a"}\n\n')
      },
    ])
    const controller = new AbortController()
    const sink = new RecordingSink()
    sink.onWrite = () => {
      controller.abort()
    }
    const record = await engine.run(testCall(streamed, { signal: controller.signal }), sink)
    expect(record).toMatchObject({ outcome: 'aborted', status: 499 })
    expect(sink.events).toEqual(['head', 'write'])
    await expect.poll(() => server.aborted()).toBe(1)
  })

  test('that had gone before anything began costs nothing', async () => {
    const { engine, server } = await house([good])
    const { sink, record } = await ask(engine, whole, { signal: AbortSignal.abort() })
    expect(record.outcome).toBe('aborted')
    expect(sink.events).toEqual([])
    expect(server.received).toHaveLength(0)
  })

  test('that goes away during a wait is not waited for', async () => {
    const controller = new AbortController()
    const { engine, server } = await house([json(429, { error: 'x' }, { 'retry-after': '100' })], {
      observers: [{ attempted: () => setImmediate(() => controller.abort()) }],
    })
    const { record } = await ask(engine, whole, { signal: controller.signal })
    expect(record.outcome).toBe('aborted')
    expect(server.received).toHaveLength(1)
  })

  test('that is slow holds the upstream back', async () => {
    let sent = 0
    const { engine } = await house([
      (response) => {
        response.writeHead(200)
        const event = `data: {"say":"${'x'.repeat(64 * 1024)}"}\n\n`
        const more = (): void => {
          while (sent < 400) {
            sent++
            if (!response.write(event)) {
              response.once('drain', more)
              return
            }
          }
          response.end('data: {"done":1}\n\n')
        }
        more()
      },
    ])
    const sink = new RecordingSink()
    sink.full = true
    const running = engine.run(testCall(streamed), sink)
    await expect.poll(() => sink.chunks.length).toBeGreaterThan(0)
    // What the two sockets hold is all that can be under way: a fraction of the 26 MB on offer.
    const held = async (): Promise<number> => {
      const before = sent
      await new Promise((resolve) => setTimeout(resolve, 20))
      return sent - before
    }
    await expect.poll(held).toBe(0)
    expect(sent).toBeLessThan(300)
    expect(sink.chunks).toHaveLength(1)
    sink.full = false
    sink.onDrain?.()
    expect(await running).toMatchObject({ outcome: 'ok' })
    expect(sent).toBe(400)
  })
})

describe('admission', () => {
  test('is asked once, with the first model, and settled once', async () => {
    const asked: string[] = []
    const settled: CallRecord[] = []
    const { engine } = await house([down, good], {
      admission: {
        admit({ model, provider }) {
          asked.push(`${provider}/${model.id}`)
          return Promise.resolve({
            headers: { 'x-ratelimit-remaining-requests': '9' },
            queuedMs: 5,
            settle: (record) => settled.push(record),
          })
        },
      },
    })
    const { sink, record } = await ask(engine, whole)
    expect(asked).toEqual(['tiny/one'])
    expect(settled).toEqual([record])
    expect(sink.headers['x-ratelimit-remaining-requests']).toBe('9')
    expect(record.timing.queuedMs).toBe(5)
  })

  test('that says no ends the call: nothing is sent, nothing else tried', async () => {
    const { engine, server } = await house([good], {
      router: { defaultFallbacks: ['two'] },
      admission: { admit: () => Promise.reject(new PermissionDeniedError('not for you')) },
    })
    const { sink, record } = await ask(engine, whole)
    expect(sink.status).toBe(403)
    expect(record).toMatchObject({ outcome: 'refused', status: 403, attempts: [] })
    expect(server.received).toHaveLength(0)
  })
})

test('whatever the upstream does, a call ends once, and in time', async () => {
  const moves: Readonly<Record<string, Reply>> = {
    good: events('{"say":"a"}', '{"done":1}'),
    down,
    slow: json(429, { error: 'rate' }, { 'retry-after': '0' }),
    refused: json(400, { error: 'nonsense' }),
    expired: json(401, { error: 'expired', mend: 'renew-credential' }),
    cut: (response) => response.destroy(),
    half: events('{"say":"a"}', undefined),
    open: events('{"say":"a"}'),
    broken: events('{"say":"a"}', '{"error":"boom"}'),
    brokenFirst: events('{"error":"boom"}'),
    garbled: events('{"say":"a"', '{"done":1}'),
    silent: () => {},
    empty: (response) => response.end(),
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(moves)), { minLength: 1, maxLength: 5 }),
      fc.constantFrom<readonly WireName[]>(['chat'], ['messages']),
      async (names, wires) => {
        const replies = names.map((name) => moves[name] ?? down)
        const { engine, server } = await house(replies, {
          upstream: { models: [tinyModel('one', { wires })] },
          router: { cooldownMs: 1 },
        })
        const { sink, record } = await ask(engine, streamed, { options: { timeoutMs: 60 } })
        const ends = sink.events.filter((event) => event !== 'head' && event !== 'write')
        expect(ends).toHaveLength(1)
        expect(sink.events.at(-1)).toBe(ends[0])
        expect(record.outcome === 'ok').toBe(ends[0] === 'end')
        expect(record.attempts.length).toBeLessThanOrEqual(4)
        // The time may be up before the last attempt has come as far as the server.
        expect(server.received.length).toBeLessThanOrEqual(record.attempts.length)
        expect(server.received.length).toBeGreaterThanOrEqual(record.attempts.length - 1)
        await server.close()
      },
    ),
    { numRuns: 60 },
  )
})

describe('what does not exist', () => {
  test('a model is 404, with the names that may have been meant', async () => {
    const { engine, server } = await house([good], {
      deployments: [deployment({ modelName: 'ones', model: 'one' })],
    })
    const { sink, record } = await ask(engine, { ...whole, model: 'onne' })
    expect(sink.failure?.error).toMatchObject({
      name: 'NotFoundError',
      status: 404,
      code: 'model_not_found',
      param: 'model',
    })
    expect(sink.failure?.error.message).toBe(
      "the model 'onne' does not exist; did you mean one, ones?",
    )
    expect(server.received).toHaveLength(0)
    expect(record.status).toBe(404)
  })

  test('a request that cannot be read is 400, and nothing is called', async () => {
    const models = [tinyModel('one', { wires: ['messages'] })]
    const { engine, server } = await house([good], { upstream: { models } })
    const { sink } = await ask(engine, { model: 'one' })
    expect(sink.failure?.error).toMatchObject({ status: 400, param: 'prompt' })
    expect(server.received).toHaveLength(0)
  })
})

describe('counting', () => {
  const call = { dialect: 'messages:count', operation: 'count-tokens' } as const

  test('is asked of a model that counts', async () => {
    const models = [tinyModel('one', { wires: ['messages'] })]
    const { engine, server } = await house([json(200, { input_tokens: 42 })], {
      upstream: { models },
    })
    const { sink } = await ask(engine, { ...whole, odd: true }, call)
    expect(server.received[0]?.body).toBe('{"model":"one","prompt":"hi","odd":true}')
    expect(server.received[0]?.path).toBe('/messages/count_tokens')
    expect(JSON.parse(sink.text)).toEqual({ input_tokens: 42 })
    expect(sink.headers['x-jetway-degraded']).toBeUndefined()
  })

  test('is estimated, and marked so, where nobody counts or counting fails', async () => {
    const counting = [tinyModel('one', { wires: ['messages'] })]
    for (const models of [[tinyModel('one')], counting]) {
      const { engine } = await house([down], { upstream: { models } })
      const { sink, record } = await ask(engine, { ...whole, prompt: 'word '.repeat(100) }, call)
      const { input_tokens: tokens } = JSON.parse(sink.text) as { input_tokens: number }
      expect(tokens).toBeGreaterThan(90)
      expect(tokens).toBeLessThan(160)
      expect(sink.headers['x-jetway-degraded']).toBe('estimated')
      expect(record.outcome).toBe('ok')
    }
  })
})

describe('embeddings', () => {
  const model = tinyModel('e', {
    kind: 'embeddings',
    wires: ['embeddings'],
    limits: { maxInputs: 3 },
  })
  const call = { dialect: 'embeddings', operation: 'embed' } as const

  test('come back in the order of their inputs', async () => {
    const base64 = Buffer.from(Float32Array.of(0.5, -1).buffer).toString('base64')
    const { engine, server } = await house(
      [
        json(200, {
          data: [
            { index: 1, embedding: base64 },
            { index: 0, embedding: [1, 2] },
          ],
          usage: { prompt_tokens: 7 },
        }),
      ],
      { upstream: { models: [model] } },
    )
    const { sink, record } = await ask(engine, { model: 'e', input: ['a', 'b'] }, call)
    expect(server.received[0]?.body).toBe('{"model":"e","input":["a","b"]}')
    expect(JSON.parse(sink.text)).toEqual({
      vectors: [
        [1, 2],
        [0.5, -1],
      ],
    })
    expect(record.usage?.inputTokens).toBe(7)
  })

  test('that are not all there are an error, not an answer', async () => {
    const { engine } = await house(
      [json(200, { data: [{ index: 1e9, embedding: [1] }, { embedding: 'x' }] })],
      { upstream: { models: [model] }, router: { retries: 0 } },
    )
    const { sink } = await ask(engine, { model: 'e', input: ['a', 'b'] }, call)
    expect(sink.failure?.error).toMatchObject({ name: 'BadGatewayError', code: 'invalid_answer' })
  })

  test('of too many inputs are refused with the number', async () => {
    const { engine, server } = await house([good], { upstream: { models: [model] } })
    const { sink } = await ask(engine, { model: 'e', input: ['a', 'b', 'c', 'd'] }, call)
    expect(sink.failure?.error.message).toMatch(/4 inputs, but e takes 3/)
    expect(server.received).toHaveLength(0)
  })
})

test('a change of settings takes effect with the next call', async () => {
  const {
    house: made,
    engine,
    server,
  } = await house([good], {
    deployments: [deployment({ modelName: 'name', model: 'one' })],
  })
  await ask(engine, { ...whole, model: 'name' })
  made.settings = {
    ...made.settings,
    deployments: [deployment({ modelName: 'name', model: 'two' })],
  }
  await ask(engine, { ...whole, model: 'name' })
  expect(server.received.map((one) => (JSON.parse(one.body) as JsonObject)['model'])).toEqual([
    'one',
    'two',
  ])
})

test('headers that a program gives with its own call win; a client of the gateway has the vendor’s list', async () => {
  const { engine, upstream } = await house([good], {
    deployments: [deployment({ modelName: 'one', model: 'one', extraHeaders: { 'x-a': 'file' } })],
  })
  const headers = new Map([['x-a', 'mine']])
  await ask(engine, whole, { headers, caller: { kind: 'sdk', seat: 'own' } })
  await ask(engine, whole, { headers })
  expect(upstream.drafts.map((draft) => draft.extraHeaders)).toEqual([
    { 'x-a': 'mine' },
    { 'x-a': 'file' },
  ])
  expect(upstream.drafts[1]?.callerHeaders).toBe(headers)
})

test('models are listed under the names they can be called by', async () => {
  const { house: made, engine } = await house([good])
  const list = async (): Promise<readonly string[]> =>
    (await engine.listModels(SOMEONE, new AbortController().signal)).map((entry) => entry.name)
  expect(await list()).toEqual(['one', 'two'])
  made.settings = {
    ...made.settings,
    deployments: [
      deployment({ modelName: 'fast', model: 'one' }),
      deployment({ modelName: 'fast', model: 'two' }),
      deployment({ modelName: 'my/*', model: '*' }),
      deployment({ modelName: 'away', model: 'x', provider: 'nobody' }),
    ],
    router: { ...made.settings.router, aliases: new Map([['quick', 'fast']]) },
  }
  expect(await list()).toEqual(['fast', 'my/one', 'my/two', 'away', 'quick'])
})

test('a catalogue that is away hides nobody else’s models, and is said when there are no others', async () => {
  const none = createTinyUpstream({ provider: 'away', origin: '', models: [] })
  const away = {
    ...none,
    listModels: () => Promise.reject(new PermissionDeniedError('sign in first')),
  }
  const here = createTinyUpstream({ provider: 'tiny', origin: '', models: [tinyModel('one')] })
  const everything = deployment({ modelName: 'away/*', provider: 'away', model: '*' })
  const { signal } = new AbortController()
  const mixed = testHouse([away, here], {
    transport,
    deployments: [everything, deployment({ modelName: 'tiny/*', model: '*' })],
  })
  const names = await mixed.engine.listModels(SOMEONE, signal)
  expect(names.map((entry) => entry.name)).toEqual(['tiny/one'])
  const alone = testHouse([away], { transport, deployments: [everything] })
  await expect(alone.engine.listModels(SOMEONE, signal)).rejects.toThrow('sign in first')
  const unconfigured = testHouse([away], { transport })
  await expect(unconfigured.engine.listModels(SOMEONE, signal)).rejects.toThrow('sign in first')
})

test('a cost is told before the body where it is known, and written down', async () => {
  const prices = {
    inputNanoCredits: 100,
    cachedInputNanoCredits: 10,
    cacheWriteNanoCredits: 125,
    outputNanoCredits: 1000,
  }
  const { engine } = await house([good], { upstream: { models: [tinyModel('one', { prices })] } })
  const { sink, record } = await ask(engine, whole)
  expect(sink.headers['x-jetway-cost-credits']).toBe('0.00000364')
  expect(record.cost).toEqual({
    nanoCredits: 6 * 100 + 4 * 10 + 3 * 1000,
    source: 'estimate',
    savedNanoCredits: 360,
  })
})

test('a hundred calls at once each get their own answer, and leave nothing behind', async () => {
  const echo: Reply = (response, { body }) => {
    const { prompt } = JSON.parse(body) as { prompt: string }
    json(200, { say: prompt })(response, { path: '', headers: {}, body })
  }
  const { engine } = await house([echo], { clock: systemClock })
  const texts = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const { sink } = await ask(engine, { model: 'one', prompt: `p${index}` })
      return sink.text
    }),
  )
  expect(texts).toEqual(Array.from({ length: 100 }, (_, index) => `{"say":"p${index}"}`))
})
