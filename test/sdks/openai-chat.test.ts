import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { House } from '../support/gateway-process.ts'
import { ONE_CALL, ONLY_MESSAGES, PIXEL, startSdkHouse, TWO_CALLS, WEATHER } from './models.ts'

let house: House
let client: OpenAI

beforeAll(async () => {
  house = await startSdkHouse()
  client = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: house.key, maxRetries: 0 })
})
afterAll(async () => {
  expect(await house.stop()).toBe(0)
})
beforeEach(() => {
  house.emulator.control.requests.clear()
})

const tools = [{ type: 'function' as const, function: WEATHER }]
const say = (content: string): ChatCompletionMessageParam[] => [{ role: 'user', content }]
const Person = z.object({ name: z.string(), age: z.number() })

/** Claude answers chat in pieces that are to be joined; the last two are translated. */
const MODELS = [
  ['gpt-4o', 'chat', 'gpt-4o-2024-11-20'],
  ['claude-sonnet-4.5', 'chat', 'claude-sonnet-4.5'],
  [ONLY_MESSAGES, 'messages', ONLY_MESSAGES],
  ['gpt-5.4', 'responses', 'gpt-5.4'],
] as const

describe.each(MODELS)('openai, chat completions on %s (%s)', (model, route, named) => {
  const seen = () => house.emulator.control.requests.list({ route })

  test('whole and streamed are the same', async () => {
    const messages = say('What is the capital of France?')
    const whole = await client.chat.completions.create({ model, messages })
    expect(whole).toMatchObject({
      object: 'chat.completion',
      model: named,
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant' } }],
    })
    expect(whole.choices[0]?.message.content).toContain('What is the capital of France?')
    expect(whole.usage?.total_tokens).toBe(
      (whole.usage?.prompt_tokens ?? 0) + (whole.usage?.completion_tokens ?? 0),
    )

    let text = ''
    let finish: string | null = null
    for await (const chunk of await client.chat.completions.create({
      model,
      messages,
      stream: true,
    })) {
      expect(chunk).toMatchObject({ object: 'chat.completion.chunk', model: named })
      expect(chunk.choices).toHaveLength(1)
      text += chunk.choices[0]?.delta.content ?? ''
      finish = chunk.choices[0]?.finish_reason ?? finish
    }
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(finish).toBe('stop')
    expect(seen()).toHaveLength(2)
  })

  test('usage in a stream: one chunk without choices, the last', async () => {
    const stream = await client.chat.completions.create({
      model,
      messages: say('say: hello'),
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    expect(chunks.filter(({ choices }) => choices.length === 0)).toEqual([chunks.at(-1)])
    expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(0)
  })

  test('a call of a tool, and the answer after its result', async () => {
    const messages = say(ONE_CALL)
    const { choices } = await client.chat.completions.create({ model, messages, tools })
    expect(choices).toHaveLength(1)
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    const message = choices[0]?.message
    const call = message?.tool_calls?.[0]
    expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } })
    if (!message || call?.type !== 'function') return
    expect(JSON.parse(call.function.arguments)).toEqual({ city: 'Paris' })

    const result = { role: 'tool' as const, tool_call_id: call.id, content: 'sunny, 21 °C' }
    const after = await client.chat.completions.create({
      model,
      tools,
      messages: [...messages, message, result],
    })
    expect(after.choices[0]).toMatchObject({ finish_reason: 'stop' })
    expect(after.choices[0]?.message.content).toContain('sunny, 21 °C')
    expect(seen().map(({ initiator }) => initiator)).toEqual(['user', 'agent'])
  })

  test('two calls at once, whole and through the stream helper', async () => {
    const body = { model, messages: say(TWO_CALLS), tools }
    const whole = await client.chat.completions.create(body)
    const streamed = await client.chat.completions.stream(body).finalChatCompletion()
    for (const { choices } of [whole, streamed]) {
      const calls = choices[0]?.message.tool_calls ?? []
      const functions = calls.flatMap((call) => (call.type === 'function' ? [call.function] : []))
      expect(functions.map((one) => [one.name, JSON.parse(one.arguments) as unknown])).toEqual([
        ['get_weather', { city: 'Paris' }],
        ['get_weather', { city: 'Rome' }],
      ])
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
    }
  })

  test('a choice of tool that forces the call', async () => {
    const tool_choice = { type: 'function' as const, function: { name: 'get_weather' } }
    const messages = say('say: nothing of the kind')
    const answer = await client.chat.completions.create({ model, messages, tools, tool_choice })
    const call = answer.choices[0]?.message.tool_calls?.[0]
    expect(call).toMatchObject({ function: { name: 'get_weather' } })
  })

  test('its own tool loop, streamed', async () => {
    const asked: unknown[] = []
    const look = {
      ...WEATHER,
      parameters: { ...WEATHER.parameters, required: [...WEATHER.parameters.required] },
      parse: (text: string) => JSON.parse(text) as { city: string },
      function: (input: { city: string }) => {
        asked.push(input)
        return 'it rains'
      },
    }
    const runner = client.chat.completions.runTools({
      model,
      messages: say(ONE_CALL),
      stream: true,
      tools: [{ type: 'function', function: look }],
    })
    expect(await runner.finalContent()).toContain('it rains')
    expect(asked).toEqual([{ city: 'Paris' }])
  })

  test('an image', async () => {
    const url = `data:image/png;base64,${PIXEL}`
    const content = [
      { type: 'text' as const, text: 'say: a dot' },
      { type: 'image_url' as const, image_url: { url } },
    ]
    const answer = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content }],
    })
    expect(answer.choices[0]?.message.content).toBe('a dot')
    const [request] = seen()
    expect(request?.headers['copilot-vision-request']).toBe('true')
    expect(JSON.stringify(request?.body)).toContain(PIXEL)
    expect(request?.remarks).toEqual([])
  })

  test('limits of the answer', async () => {
    const answer = await client.chat.completions.create({
      model,
      messages: say('write 200 words'),
      max_completion_tokens: 20,
    })
    expect(answer.choices[0]?.finish_reason).toBe('length')
    expect(answer.usage?.completion_tokens).toBeLessThanOrEqual(20)
  })

  test('leaving the loop ends the call upstream', async () => {
    house.emulator.control.settings.set({ pace: 50 })
    try {
      const messages = say('write 400 words')
      const stream = await client.chat.completions.create({ model, messages, stream: true })
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
      const [ended] = await house.emulator.control.requests.waitFor({
        filter: { route },
        count: 1,
        timeoutMs: 5000,
      })
      expect(ended?.outcome).toBe('aborted')
    } finally {
      house.emulator.control.settings.set({ pace: 0 })
    }
  })

  test('a stream that breaks upstream is an error, not an end', async () => {
    house.emulator.control.faults.add({
      on: { route, stream: true },
      times: 1,
      do: { kind: 'cut', after: 6 },
    })
    const messages = say('write 300 words')
    const stream = await client.chat.completions.create({ model, messages, stream: true })
    const read = async () => {
      for await (const chunk of stream) expect(chunk.choices[0]?.finish_reason ?? null).toBe(null)
    }
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError)
  })
})

describe('openai, an object by its schema', () => {
  const messages = say('Who was it?')
  const response_format = zodResponseFormat(Person, 'person')

  const models = ['gpt-4o', ONLY_MESSAGES, 'gpt-5.4', 'claude-sonnet-4.6']
  test.each(models)('%s', async (model) => {
    const answer = await client.chat.completions.parse({ model, messages, response_format })
    expect(answer.choices[0]?.message.parsed).toEqual({
      name: expect.any(String) as string,
      age: expect.any(Number) as number,
    })
  })

  test('a model that takes no schema is told it in words, which is named', async () => {
    const body = { model: 'claude-sonnet-4.5', messages, response_format }
    const { response } = await client.chat.completions.create(body).withResponse()
    expect(response.headers.get('x-jetway-degraded')).toBe('json_schema')
  })

  test('a model that takes no notice of a schema on the one wire that is left says so', async () => {
    const body = { model: 'claude-sonnet-4.5', messages, response_format, n: 2 }
    const { response } = await client.chat.completions.create(body).withResponse()
    expect(response.headers.get('x-jetway-degraded')).toContain('response_format')
  })
})

describe('openai, the rest of its surface', () => {
  test('models, all and one', async () => {
    const ids: string[] = []
    for await (const model of client.models.list()) ids.push(model.id)
    for (const [model] of MODELS) expect(ids).toContain(model)
    expect(await client.models.retrieve('gpt-4o')).toMatchObject({ id: 'gpt-4o', object: 'model' })
  })

  test('embeddings: the base64 it asks for by itself, and numbers, are the same', async () => {
    const body = { model: 'text-embedding-3-small', input: ['one', 'two'] }
    const packed = await client.embeddings.create(body)
    const plain = await client.embeddings.create({ ...body, encoding_format: 'float' })
    expect(packed.data).toHaveLength(2)
    expect(packed.data[0]?.embedding).toHaveLength(1536)
    for (const [at, { embedding }] of plain.data.entries()) {
      embedding.forEach((value, index) => {
        expect(packed.data[at]?.embedding[index]).toBeCloseTo(value, 6)
      })
    }
    expect(packed.data[0]?.embedding).not.toEqual(packed.data[1]?.embedding)
  })

  test('legacy completions', async () => {
    const body = { model: 'gpt-4o', prompt: 'say: hello', max_tokens: 50 }
    const whole = await client.completions.create(body)
    expect(whole).toMatchObject({ object: 'text_completion', choices: [{ text: 'hello' }] })
    let text = ''
    for await (const chunk of await client.completions.create({ ...body, stream: true })) {
      text += chunk.choices[0]?.text ?? ''
    }
    expect(text).toBe('hello')
  })

  test('an abort before the head ends the call upstream', async () => {
    house.emulator.control.faults.add({
      on: { route: 'chat' },
      times: 1,
      do: { kind: 'stall', after: 'nothing' },
    })
    const controller = new AbortController()
    const answer = client.chat.completions.create(
      { model: 'gpt-4o', messages: say('say: hello') },
      { signal: controller.signal },
    )
    await expect.poll(() => house.emulator.control.requests.list({ route: 'chat' })).toHaveLength(1)
    controller.abort()
    await expect(answer).rejects.toBeInstanceOf(OpenAI.APIUserAbortError)
    const filter = { route: 'chat' }
    const [ended] = await house.emulator.control.requests.waitFor({
      filter,
      count: 1,
      timeoutMs: 5000,
    })
    expect(ended?.outcome).toBe('aborted')
  })

  const hello = { model: 'gpt-4o', messages: say('say: hello') }
  test.each([
    ['an unknown model', OpenAI.NotFoundError, () => ({ ...hello, model: 'gpt-4oo' })],
    ['no messages', OpenAI.BadRequestError, () => ({ model: 'gpt-4o' }) as typeof hello],
    [
      'n where the wire has no such thing',
      OpenAI.BadRequestError,
      () => ({ ...hello, model: 'gpt-5.4', n: 2 }),
    ],
  ])('%s', async (_, kind, body) => {
    const failure: unknown = await client.chat.completions.create(body()).catch((error) => error)
    expect(failure).toBeInstanceOf(kind)
    expect((failure as InstanceType<typeof OpenAI.APIError>).error).toMatchObject({
      message: expect.any(String) as string,
      type: expect.any(String) as string,
    })
    expect((failure as InstanceType<typeof OpenAI.APIError>).requestID).toBeTruthy()
  })

  test.each([
    ['quota_exceeded', OpenAI.APIError, 402],
    ['forbidden', OpenAI.PermissionDeniedError, 403],
    ['content_filter', OpenAI.BadRequestError, 400],
    ['rate_limited', OpenAI.RateLimitError, 429],
    ['internal_error', OpenAI.InternalServerError, 500],
    ['prompt_too_long', OpenAI.BadRequestError, 400],
  ] as const)('the upstream’s %s', async (name, kind, status) => {
    const fault = house.emulator.control.faults.add({
      on: { route: 'chat' },
      do: { kind: 'error', name, ...(status === 429 ? { retryAfter: 3600 } : {}) },
    })
    try {
      const failure: unknown = await client.chat.completions.create(hello).catch((error) => error)
      expect(failure).toBeInstanceOf(kind)
      expect(failure).toMatchObject({ status })
      if (status === 429) {
        const { headers } = failure as InstanceType<typeof OpenAI.RateLimitError>
        expect(headers?.get('retry-after')).toBe('3600')
      }
    } finally {
      house.emulator.control.faults.remove(fault)
    }
  })

  test('a wrong key, and nothing goes upstream', async () => {
    const stranger = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: 'sk-wrong', maxRetries: 0 })
    await expect(stranger.chat.completions.create(hello)).rejects.toBeInstanceOf(
      OpenAI.AuthenticationError,
    )
    expect(house.emulator.control.requests.list({ route: 'chat' })).toEqual([])
  })
})
