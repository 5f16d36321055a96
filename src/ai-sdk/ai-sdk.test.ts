import {
  embed,
  embedMany,
  generateObject,
  generateText,
  stepCountIs,
  streamObject,
  streamText,
  tool,
} from 'ai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { createJetway } from './index.ts'
import type { JetwayProvider } from './index.ts'
import { emulated } from '../sdk/__fixtures__/emulated.ts'
import type { Emulated } from '../sdk/__fixtures__/emulated.ts'

let house: Emulated
let jetway: JetwayProvider

beforeAll(async () => {
  house = await emulated()
  jetway = createJetway({ environment: house.environment, signIn: 'never', num_retries: 0 })
})

afterAll(async () => {
  await house[Symbol.asyncDispose]()
})

beforeEach(() => {
  house.emulator.control.requests.clear()
  house.emulator.control.faults.clear()
})

/** Each of the three wires that models speak, by one model of it. */
const MODELS = ['gpt-4o', 'claude-haiku-4.5', 'gpt-5.4'] as const

const tools = {
  add: tool({
    description: 'Adds two numbers',
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }) => ({ sum: a + b }),
  }),
}

describe.each(MODELS)('the AI SDK over %s', (model) => {
  test('text, whole and streamed', async () => {
    const whole = await generateText({ model: jetway(model), prompt: 'Say hello' })
    expect(whole.text).not.toBe('')
    expect(whole.finishReason).toBe('stop')
    expect(whole.usage.totalTokens).toBeGreaterThan(0)
    const streamed = streamText({ model: jetway(model), prompt: 'Say hello' })
    let text = ''
    for await (const piece of streamed.textStream) text += piece
    expect(text).toBe(whole.text)
    expect((await streamed.usage).outputTokens).toBe(whole.usage.outputTokens)
  })

  test('a tool is called, run and answered', async () => {
    const result = await generateText({
      model: jetway(model),
      prompt: 'call add {"a":1,"b":2}',
      tools,
      stopWhen: stepCountIs(3),
    })
    expect(result.steps[0]?.toolResults).toMatchObject([
      { toolName: 'add', input: { a: 1, b: 2 }, output: { sum: 3 } },
    ])
    expect(result.finishReason).toBe('stop')
    expect(result.text).toContain('{"sum":3}')
    expect(result.warnings).toEqual([])
  })

  test('the same, streamed', async () => {
    const result = streamText({
      model: jetway(model),
      prompt: 'call add {"a":1,"b":2}',
      tools,
      stopWhen: stepCountIs(3),
    })
    expect(await result.text).toContain('{"sum":3}')
    expect((await result.steps)[0]?.toolCalls).toMatchObject([{ input: { a: 1, b: 2 } }])
  })

  test('an object by its schema', async () => {
    const { object } = await generateObject({
      model: jetway(model),
      prompt: 'Describe a person',
      schema: z.object({ name: z.string(), age: z.number().int() }),
    })
    expect(typeof object.name).toBe('string')
    expect(Number.isInteger(object.age)).toBe(true)
  })

  test('an object, streamed', async () => {
    const { object, partialObjectStream } = streamObject({
      model: jetway(model),
      prompt: 'Describe a person',
      schema: z.object({ name: z.string(), age: z.number().int() }),
    })
    for await (const _ of partialObjectStream);
    expect(typeof (await object).name).toBe('string')
  })
})

describe('what belongs to no one wire', () => {
  test('a setting that the model does not take is a warning, whole and streamed', async () => {
    const asked = {
      model: jetway('gpt-5.4'),
      prompt: 'Say hello',
      temperature: 0.3,
      topK: 3,
      seed: 1,
      presencePenalty: 1,
    }
    const features = ['topK', 'presencePenalty', 'seed', 'temperature']
    const expected = features.map((feature) => ({ type: 'unsupported', feature }))
    expect((await generateText(asked)).warnings).toEqual(expected)
    const streamed = streamText(asked)
    await streamed.consumeStream()
    expect(await streamed.warnings).toEqual(expected)
    const { topK: _, ...common } = asked
    const taken = await generateText({ ...common, model: jetway('gpt-4o') })
    expect(taken.warnings).toEqual([])
  })

  test('an image goes out as data', async () => {
    await generateText({
      model: jetway('gpt-4o'),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', image: Uint8Array.of(0x89, 0x50, 0x4e, 0x47), mediaType: 'image/png' },
          ],
        },
      ],
    })
    const [request] = house.emulator.control.requests.list({ route: 'chat' })
    expect(JSON.stringify(request?.body)).toContain('data:image/png;base64,iVBORw==')
    expect(request?.headers['copilot-vision-request']).toBe('true')
  })

  test('no default of ours is added, and the user agent stays an editor’s', async () => {
    await generateText({ model: jetway('gpt-4o'), prompt: 'Say hello' })
    const [request] = house.emulator.control.requests.list({ route: 'chat' })
    expect(request?.body).toEqual({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Say hello' }],
    })
    expect(request?.headers['user-agent']).toMatch(/copilot/i)
  })

  test('embeddings', async () => {
    const model = jetway.embeddingModel('text-embedding-3-small')
    const one = await embed({ model, value: 'a river' })
    expect(one.embedding.length).toBeGreaterThan(100)
    const many = await embedMany({ model, values: ['a', 'b', 'c'] })
    expect(many.embeddings).toHaveLength(3)
    expect(many.usage.tokens).toBeGreaterThan(0)
  })

  test('a failure is the class it is', async () => {
    house.emulator.control.faults.add({ on: { route: 'chat' }, do: { kind: 'reply', status: 429 } })
    const failing = generateText({ model: jetway('gpt-4o'), prompt: 'x', maxRetries: 0 })
    await expect(failing).rejects.toMatchObject({ name: 'RateLimitError' })
  })

  test('a stream that breaks ends with its error', async () => {
    house.emulator.control.faults.add({ on: { route: 'chat' }, do: { kind: 'reset', after: 3 } })
    const errors: unknown[] = []
    const result = streamText({
      model: jetway('gpt-4o'),
      prompt: 'Say hello',
      onError: ({ error }) => {
        errors.push(error)
      },
    })
    await result.consumeStream()
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({ name: expect.stringContaining('Error') as string })
  })

  test('there are no images to be made', () => {
    expect(() => jetway.imageModel('dall-e')).toThrow('no image model')
  })
})
