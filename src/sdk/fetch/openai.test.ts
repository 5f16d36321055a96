import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { emulated } from '../__fixtures__/emulated.ts'
import type { Emulated } from '../__fixtures__/emulated.ts'
import { createCopilotFetch } from './create-copilot-fetch.ts'

/** The official package, which thinks that it speaks to the Copilot API itself. */
let house: Emulated
let openai: OpenAI

function open(environment: Readonly<Record<string, string>>): OpenAI {
  return new OpenAI({
    apiKey: 'unused',
    baseURL: 'https://api.githubcopilot.com',
    fetch: createCopilotFetch({ environment, signIn: 'never', num_retries: 0 }),
    maxRetries: 0,
  })
}

beforeAll(async () => {
  house = await emulated()
  openai = open(house.environment)
})

afterAll(async () => {
  await house[Symbol.asyncDispose]()
})

beforeEach(() => {
  house.emulator.control.requests.clear()
  house.emulator.control.faults.clear()
})

const HELLO: OpenAI.Chat.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Say hello' }]

const weather: OpenAI.Chat.ChatCompletionTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}

describe('the openai package over the fetch', () => {
  test('a whole answer; nothing of ours is added to the request', async () => {
    const answer = await openai.chat.completions.create({ model: 'gpt-4o', messages: HELLO })
    expect(answer.choices[0]?.message.content).not.toBe('')
    expect(answer._request_id).toBeTruthy()
    const [request] = house.emulator.control.requests.list({ route: 'chat' })
    expect(request?.body).toEqual({ model: 'gpt-4o', messages: HELLO })
    expect(JSON.stringify(request?.headers)).not.toContain('unused')
    expect(JSON.stringify(request?.headers)).not.toMatch(/stainless|openai\/js/i)
  })

  test('a stream, with the usage chunk it asked for', async () => {
    const stream = await openai.chat.completions.create({
      model: 'gpt-4o',
      messages: HELLO,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let usage: OpenAI.CompletionUsage | null | undefined
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      if (chunk.usage) ({ usage } = chunk)
    }
    expect(text).not.toBe('')
    expect(usage?.total_tokens).toBeGreaterThan(0)
  })

  test('its own stream helper', async () => {
    const stream = openai.chat.completions.stream({ model: 'gpt-4o', messages: HELLO })
    const final = await stream.finalChatCompletion()
    expect(final.choices[0]?.message.content).toBe(
      (await openai.chat.completions.create({ model: 'gpt-4o', messages: HELLO })).choices[0]
        ?.message.content,
    )
  })

  test('a tool call, whole and streamed', async () => {
    const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [
      { role: 'user', content: 'What is the weather in Paris? Use get_weather.' },
    ]
    const request = {
      model: 'gpt-4o',
      messages,
      tools: [weather],
      tool_choice: 'required' as const,
    }
    const whole = await openai.chat.completions.create(request)
    const [call] = whole.choices[0]?.message.tool_calls ?? []
    expect(whole.choices[0]?.finish_reason).toBe('tool_calls')
    if (call?.type !== 'function') throw new Error('no function was called')
    expect(call.function.name).toBe('get_weather')
    const input = JSON.parse(call.function.arguments) as object
    expect(input).toHaveProperty('city')

    const streamed = await openai.chat.completions.stream(request).finalChatCompletion()
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'get_weather', arguments: call.function.arguments },
    })

    const next = await openai.chat.completions.create({
      ...request,
      tool_choice: 'auto',
      messages: [
        ...messages,
        whole.choices[0]!.message,
        { role: 'tool', tool_call_id: call.id, content: '{"sky":"clear"}' },
      ],
    })
    expect(next.choices[0]?.finish_reason).toBe('stop')
  })

  test('two tool calls at once, whole and streamed', async () => {
    const request = {
      model: 'gpt-4o',
      messages: [
        {
          role: 'user',
          content: 'call get_weather {"city":"Paris"} and call get_weather {"city":"Rome"}',
        } as const,
      ],
      tools: [weather],
    }
    const calls = [
      { function: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
      { function: { name: 'get_weather', arguments: '{"city":"Rome"}' } },
    ]
    const whole = await openai.chat.completions.create(request)
    expect(whole.choices[0]?.message.tool_calls).toMatchObject(calls)
    const streamed = await openai.chat.completions.stream(request).finalChatCompletion()
    expect(streamed.choices[0]?.message.tool_calls).toMatchObject(calls)
    const ids = streamed.choices[0]?.message.tool_calls?.map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
  })

  test('an object by its schema', async () => {
    const answer = await openai.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Describe a person' }],
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'person',
          strict: true,
          schema: {
            type: 'object',
            properties: { name: { type: 'string' }, age: { type: 'integer' } },
            required: ['name', 'age'],
            additionalProperties: false,
          },
        },
      },
    })
    const person = JSON.parse(answer.choices[0]?.message.content ?? '') as {
      name: unknown
      age: unknown
    }
    expect(typeof person.name).toBe('string')
    expect(Number.isInteger(person.age)).toBe(true)
  })

  test('an image, and only then the header for it', async () => {
    const url =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    await openai.chat.completions.create({
      model: 'gpt-4o',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ],
    })
    await openai.chat.completions.create({ model: 'gpt-4o', messages: HELLO })
    const requests = house.emulator.control.requests.list({ route: 'chat' })
    expect(requests.map(({ headers }) => headers['copilot-vision-request'])).toEqual([
      'true',
      undefined,
    ])
  })

  test('models, all and one', async () => {
    const page = await openai.models.list()
    expect(page.data.map(({ id }) => id)).toContain('gpt-4o')
    const one = await openai.models.retrieve('gpt-4o')
    expect(one.object).toBe('model')
    expect(one.created).toBe(Date.UTC(2024, 10, 20) / 1000)
    await expect(openai.models.retrieve('gpt-nonsense')).rejects.toThrow(OpenAI.NotFoundError)
  })

  test('embeddings, in the base64 that the package asks for', async () => {
    const answer = await openai.embeddings.create({
      model: 'text-embedding-3-small',
      input: ['a', 'b'],
    })
    expect(answer.data).toHaveLength(2)
    expect(answer.data[0]?.embedding.length).toBeGreaterThan(100)
    expect(answer.data[0]?.embedding.every((value) => Number.isFinite(value))).toBe(true)
  })

  test('legacy completions', async () => {
    const answer = await openai.completions.create({ model: 'gpt-4o', prompt: 'Say hello' })
    expect(answer.object).toBe('text_completion')
    expect(answer.choices[0]?.text).not.toBe('')
  })
})

describe('failures are the package’s own classes', () => {
  const cases = [
    ['rate limit', 429, OpenAI.RateLimitError],
    ['server failure', 500, OpenAI.InternalServerError],
    ['bad request', 400, OpenAI.BadRequestError],
    ['permission', 403, OpenAI.PermissionDeniedError],
  ] as const
  test.each(cases)('%s', async (_name, status, Kind) => {
    house.emulator.control.faults.add({
      on: { route: 'chat' },
      do: { kind: 'reply', status, body: { error: { message: 'as it was', code: 'some_code' } } },
    })
    const failing = openai.chat.completions.create({ model: 'gpt-4o', messages: HELLO })
    await expect(failing).rejects.toThrow(Kind)
    await expect(failing).rejects.toThrow('as it was')
  })

  test('an unknown model', async () => {
    const failing = openai.chat.completions.create({ model: 'gpt-nonsense', messages: HELLO })
    await expect(failing).rejects.toThrow(OpenAI.NotFoundError)
  })

  test('nobody is signed in', async () => {
    const unsigned = open(house.unsigned)
    const failing = unsigned.chat.completions.create({ model: 'gpt-4o', messages: HELLO })
    await expect(failing).rejects.toThrow(OpenAI.AuthenticationError)
    await expect(failing).rejects.toThrow('jetway login')
    await expect(unsigned.models.list()).rejects.toThrow(OpenAI.AuthenticationError)
  })

  test('a stream that breaks', async () => {
    house.emulator.control.faults.add({
      on: { route: 'chat' },
      do: { kind: 'reset', after: 3 },
    })
    const stream = await openai.chat.completions.create({
      model: 'gpt-4o',
      messages: HELLO,
      stream: true,
    })
    const reading = (async () => {
      for await (const _ of stream);
    })()
    await expect(reading).rejects.toThrow(OpenAI.APIError)
  })

  test('a path that is none, and a method that is none', async () => {
    const copilot = createCopilotFetch({ environment: house.environment })
    const unknown = await copilot('https://api.githubcopilot.com/v1/images/generations', {
      method: 'POST',
      body: '{}',
    })
    expect(unknown.status).toBe(404)
    expect(await unknown.json()).toMatchObject({ error: { code: 'unknown_path' } })
    const wrong = await copilot('https://api.githubcopilot.com/chat/completions')
    expect(wrong.status).toBe(405)
    const broken = await copilot('https://api.githubcopilot.com/chat/completions', {
      method: 'POST',
      body: '{"model":',
    })
    expect(broken.status).toBe(400)
    expect(house.emulator.control.requests.list({ route: 'chat' })).toEqual([])
  })
})

describe('an abort reaches the upstream', () => {
  beforeEach(() => {
    house.emulator.control.settings.set({ pace: 20 })
    return () => {
      house.emulator.control.settings.set({ pace: 0 })
    }
  })
  const LONG: OpenAI.Chat.ChatCompletionMessageParam[] = [
    { role: 'user', content: 'Explain rivers at length' },
  ]

  test('by leaving the loop', async () => {
    const stream = await openai.chat.completions.create({
      model: 'gpt-4o',
      messages: LONG,
      stream: true,
    })
    for await (const _ of stream) break
    const [request] = await house.emulator.control.requests.waitFor({ filter: { route: 'chat' } })
    expect(request?.outcome).toBe('aborted')
  })

  test('by a signal, before the head', async () => {
    house.emulator.control.faults.add({ on: { route: 'chat' }, do: { kind: 'stall' } })
    const controller = new AbortController()
    const failing = openai.chat.completions.create(
      { model: 'gpt-4o', messages: LONG },
      { signal: controller.signal },
    )
    const thrown = failing.catch((error: unknown) => error)
    // Aborted once it is under way upstream.
    const asked = async (): Promise<void> => {
      while (house.emulator.control.requests.list({ route: 'chat' }).length === 0) {
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
      }
    }
    await asked()
    controller.abort()
    expect(await thrown).toBeInstanceOf(OpenAI.APIUserAbortError)
    const [request] = await house.emulator.control.requests.waitFor({ filter: { route: 'chat' } })
    expect(request?.outcome).toBe('aborted')
  })
})
