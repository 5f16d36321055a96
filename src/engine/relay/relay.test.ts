import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { events, json } from '../__fixtures__/scripted-server.ts'
import { ask, good, streamed, whole, useHouses } from '../__fixtures__/served-house.ts'
import { tinyModel } from '../__fixtures__/tiny-upstream.ts'

const { house } = useHouses()

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
