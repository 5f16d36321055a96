import { describe, expect, test } from 'vitest'
import { PermissionDeniedError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { CallRecord } from '../core/ledger.ts'
import { json } from './__fixtures__/scripted-server.ts'
import { ask, down, good, whole, useHouses } from './__fixtures__/served-house.ts'
import { deployment, SOMEONE, testHouse } from './__fixtures__/test-house.ts'
import { createTinyUpstream, tinyModel } from './__fixtures__/tiny-upstream.ts'

const { house, transport } = useHouses()

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

test('a configured name whose model upstream does not exist says which one that is', async () => {
  const { engine } = await house([good], {
    deployments: [
      deployment({ modelName: 'gone', model: 'onne' }),
      deployment({ modelName: 'my/*', model: '*' }),
    ],
  })
  const said = async (model: string): Promise<string | undefined> =>
    (await ask(engine, { ...whole, model })).sink.failure?.error.message
  expect(await said('gone')).toBe(
    "in the configuration the model 'gone' is 'onne' of tiny, which does not exist; did you mean one?",
  )
  expect(await said('my/onne')).toMatch(/^the model 'my\/onne' does not exist; did you mean one/)
})

test('a configured name is listed with what is wrong with it; of a group, one that works is enough', async () => {
  const broken = {
    ...createTinyUpstream({ provider: 'broken', origin: '', models: [] }),
    findModel: () => Promise.reject(new PermissionDeniedError('sign in first')),
  }
  const tiny = createTinyUpstream({ provider: 'tiny', origin: '', models: [tinyModel('one')] })
  const { engine } = testHouse([broken, tiny], {
    transport,
    deployments: [
      deployment({ modelName: 'fine', model: 'one' }),
      deployment({ modelName: 'gone', model: 'nope' }),
      deployment({ modelName: 'away', model: 'x', provider: 'nobody' }),
      deployment({ modelName: 'shut', model: 'x', provider: 'broken' }),
      deployment({ modelName: 'mixed', model: 'x', provider: 'broken' }),
      deployment({ modelName: 'mixed', model: 'one' }),
      deployment({ modelName: 'mixed', model: 'nope' }),
    ],
  })
  const listed = await engine.listModels(SOMEONE, new AbortController().signal)
  expect(listed.map(({ name, problem }) => [name, problem?.message])).toEqual([
    ['fine', undefined],
    ['gone', "tiny has no model 'nope'"],
    ['away', 'there is no upstream called nobody'],
    ['shut', 'sign in first'],
    ['mixed', undefined],
  ])
})

test('models that a caller may not use are not listed for it', async () => {
  const asked: unknown[] = []
  const { engine } = await house([good], {
    admission: {
      admit: () => ({ headers: {}, queuedMs: 0, settle: () => {} }),
      allows(caller, { name, provider, model }) {
        asked.push([caller, name, provider, model?.id])
        return name === 'two'
      },
    },
  })
  const listed = await engine.listModels(SOMEONE, new AbortController().signal)
  expect(listed.map(({ name }) => name)).toEqual(['two'])
  expect(asked).toEqual([
    [SOMEONE, 'one', 'tiny', 'one'],
    [SOMEONE, 'two', 'tiny', 'two'],
  ])
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
