import { describe, expect, test } from 'vitest'
import type { AttemptRecord } from '../../core/ledger.ts'
import { events, json } from '../__fixtures__/scripted-server.ts'
import type { Reply } from '../__fixtures__/scripted-server.ts'
import { ask, down, good, streamed, useHouses, whole } from '../__fixtures__/served-house.ts'
import { deployment, testHouse } from '../__fixtures__/test-house.ts'
import { createTinyUpstream, tinyModel } from '../__fixtures__/tiny-upstream.ts'

const { house, serve, transport } = useHouses()

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
