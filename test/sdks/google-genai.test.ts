import { ApiError, FunctionCallingConfigMode, GoogleGenAI, Type } from '@google/genai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { MODELS, ONE_CALL, PIXEL, TWO_CALLS, WEATHER } from './models.ts'

let house: House
let client: GoogleGenAI

beforeAll(async () => {
  house = await startHouse()
  client = new GoogleGenAI({ apiKey: house.key, httpOptions: { baseUrl: house.url } })
})
afterAll(async () => {
  expect(await house.stop()).toBe(0)
})
beforeEach(() => {
  house.emulator.control.requests.clear()
})

const { name, description, parameters } = WEATHER
const tools = [{ functionDeclarations: [{ name, description, parametersJsonSchema: parameters }] }]
const person = { name: expect.any(String) as string, age: expect.any(Number) as number }

async function collect<Item>(stream: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of stream) items.push(item)
  return items
}

describe.each(MODELS)('@google/genai on %s (%s)', (model, route) => {
  const seen = () => house.emulator.control.requests.list({ route })

  test('whole and streamed are the same', async () => {
    const contents = 'What is the capital of France?'
    const whole = await client.models.generateContent({ model, contents })
    expect(whole.text).toContain(contents)
    expect(whole.candidates?.[0]?.finishReason).toBe('STOP')
    expect(whole.usageMetadata?.totalTokenCount).toBeGreaterThan(0)

    const frames = await collect(await client.models.generateContentStream({ model, contents }))
    expect(frames.map((frame) => frame.text ?? '').join('')).toBe(whole.text)
    expect(frames.length).toBeGreaterThan(1)
    expect(frames.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP')
    expect(frames.at(-1)?.usageMetadata?.totalTokenCount).toBe(whole.usageMetadata?.totalTokenCount)
    expect(seen()).toHaveLength(2)
  })

  test('a chat: a call of a tool, and the answer after its result', async () => {
    const chat = client.chats.create({ model, config: { tools } })
    const first = await chat.sendMessage({ message: ONE_CALL })
    const [call] = first.functionCalls ?? []
    expect(call).toMatchObject({ name: 'get_weather', args: { city: 'Paris' } })
    const response = { output: 'sunny, 21 °C' }
    const after = await chat.sendMessage({
      message: { functionResponse: { id: call?.id ?? '', name: 'get_weather', response } },
    })
    expect(after.text).toContain('sunny, 21 °C')
    expect(seen().map(({ initiator, status }) => [initiator, status])).toEqual([
      ['user', 200],
      ['agent', 200],
    ])
  })

  test('two calls at once, streamed', async () => {
    const stream = await client.models.generateContentStream({
      model,
      contents: TWO_CALLS,
      config: { tools },
    })
    const calls = (await collect(stream)).flatMap((frame) => frame.functionCalls ?? [])
    expect(calls.map((call) => [call.name, call.args])).toEqual([
      ['get_weather', { city: 'Paris' }],
      ['get_weather', { city: 'Rome' }],
    ])
  })

  test('a mode that forces the call', async () => {
    const functionCallingConfig = { mode: FunctionCallingConfigMode.ANY }
    const answer = await client.models.generateContent({
      model,
      contents: 'say: nothing of the kind',
      config: { tools, toolConfig: { functionCallingConfig } },
    })
    expect(answer.functionCalls?.[0]?.name).toBe('get_weather')
  })

  test('an object by Google’s schema, and by a JSON schema', async () => {
    const responseMimeType = 'application/json'
    const responseSchema = {
      type: Type.OBJECT,
      properties: { name: { type: Type.STRING }, age: { type: Type.NUMBER } },
      required: ['name', 'age'],
    }
    const responseJsonSchema = {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'number' } },
      required: ['name', 'age'],
      additionalProperties: false,
    }
    for (const schema of [{ responseSchema }, { responseJsonSchema }]) {
      const answer = await client.models.generateContent({
        model,
        contents: 'Who was it?',
        config: { responseMimeType, ...schema },
      })
      expect(JSON.parse(answer.text ?? '')).toEqual(person)
    }
  })

  test('an image and a system instruction', async () => {
    const answer = await client.models.generateContent({
      model,
      contents: [{ text: 'say: a dot' }, { inlineData: { mimeType: 'image/png', data: PIXEL } }],
      config: { systemInstruction: 'Be brief.' },
    })
    expect(answer.text).toBe('a dot')
    const [request] = seen()
    expect(request?.headers['copilot-vision-request']).toBe('true')
    expect(JSON.stringify(request?.body)).toContain(PIXEL)
    expect(JSON.stringify(request?.body)).toContain('Be brief.')
    expect(request?.remarks).toEqual([])
  })

  test('an answer cut off by its limit', async () => {
    const answer = await client.models.generateContent({
      model,
      contents: 'write 200 words',
      config: { maxOutputTokens: 20 },
    })
    expect(answer.candidates?.[0]?.finishReason).toBe('MAX_TOKENS')
  })

  test('tokens are counted', async () => {
    const { totalTokens } = await client.models.countTokens({ model, contents: 'one two three' })
    expect(totalTokens).toBeGreaterThan(0)
    expect(seen()).toEqual([])
  })

  test('an abort ends the call upstream', async () => {
    house.emulator.control.settings.set({ pace: 50 })
    try {
      const controller = new AbortController()
      const stream = await client.models.generateContentStream({
        model,
        contents: 'write 400 words',
        config: { abortSignal: controller.signal },
      })
      const read = async () => {
        for await (const frame of stream) if (frame.text) controller.abort()
      }
      await expect(read()).rejects.toThrow(/abort/i)
      const wait = { filter: { route }, count: 1, timeoutMs: 5000 }
      const [ended] = await house.emulator.control.requests.waitFor(wait)
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
    const stream = await client.models.generateContentStream({ model, contents: 'write 300 words' })
    await expect(collect(stream)).rejects.toThrow(/ended|broke|cut/i)
  })
})

describe('@google/genai: models, embeddings, errors', () => {
  test('models, all and one', async () => {
    const names: (string | undefined)[] = []
    for await (const model of await client.models.list()) names.push(model.name)
    for (const [model] of MODELS) expect(names).toContain(`models/${model}`)
    const one = await client.models.get({ model: 'gpt-4o' })
    expect(one.name).toBe('models/gpt-4o')
  })

  test('embeddings', async () => {
    const { embeddings } = await client.models.embedContent({
      model: 'text-embedding-3-small',
      contents: ['one', 'two'],
    })
    expect(embeddings?.map(({ values }) => values?.length)).toEqual([1536, 1536])
    expect(embeddings?.[0]?.values).not.toEqual(embeddings?.[1]?.values)
  })

  const hello = { model: 'gpt-4o', contents: 'say: hello' }

  test('an unknown model', async () => {
    const failing = client.models.generateContent({ ...hello, model: 'gemini-nonsense' })
    const failure: unknown = await failing.catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ApiError)
    expect(failure).toMatchObject({ status: 404 })
    expect((failure as ApiError).message).toContain('NOT_FOUND')
  })

  test('a wrong key', async () => {
    const httpOptions = { baseUrl: house.url }
    const stranger = new GoogleGenAI({ apiKey: 'sk-wrong', httpOptions })
    await expect(stranger.models.generateContent(hello)).rejects.toMatchObject({ status: 401 })
    expect(house.emulator.control.requests.list({ route: 'chat' })).toEqual([])
  })

  test('the upstream’s rate limit', async () => {
    const stored = house.emulator.control.faults.add({
      on: { route: 'chat' },
      do: { kind: 'error', name: 'rate_limited', retryAfter: 3600 },
    })
    try {
      const failing = client.models.generateContent(hello)
      const failure: unknown = await failing.catch((error: unknown) => error)
      expect(failure).toMatchObject({ status: 429 })
      expect((failure as ApiError).message).toContain('RESOURCE_EXHAUSTED')
    } finally {
      house.emulator.control.faults.remove(stored)
    }
  })
})
