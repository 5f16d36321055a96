import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emulated } from './__fixtures__/emulated.ts'
import type { Emulated } from './__fixtures__/emulated.ts'
import type { JetwayClient } from './client.ts'
import { createCopilot } from './create-copilot.ts'
import { createCopilotFetch } from './fetch/create-copilot-fetch.ts'
import type { ResponsesEvent } from './types/responses.ts'

let house: Emulated
let client: JetwayClient
let openai: OpenAI

beforeAll(async () => {
  house = await emulated()
  const options = { environment: house.environment, signIn: 'never', num_retries: 0 } as const
  client = createCopilot(options)
  openai = new OpenAI({
    apiKey: 'unused',
    baseURL: 'https://api.githubcopilot.com',
    fetch: createCopilotFetch(options),
    maxRetries: 0,
  })
})

afterAll(async () => {
  await client.close()
  await house[Symbol.asyncDispose]()
})

const add = {
  type: 'function',
  name: 'add',
  description: 'Adds',
  parameters: { type: 'object', properties: { a: { type: 'integer' } } },
  strict: false,
} as const

/** A model that speaks the wire alone, one that is translated for by chat, one by messages. */
const MODELS = ['gpt-5.4', 'gpt-4o', 'claude-haiku-4.5'] as const

describe.each(MODELS)('responses(): %s', (model) => {
  test('whole, with its text put together', async () => {
    const answer = await client.responses({ model, input: 'say: hello' })
    expect(answer.object).toBe('response')
    expect(answer.status).toBe('completed')
    expect(answer.output_text).toBe('hello')
    expect(answer._response.status).toBe(200)
  })

  test('streamed, event by event', async () => {
    const events: ResponsesEvent[] = []
    let text = ''
    for await (const event of await client.responses({ model, input: 'say: hi', stream: true })) {
      events.push(event)
      if (event.type === 'response.output_text.delta') text += event.delta
    }
    expect(text).toBe('hi')
    expect(events[0]?.type).toBe('response.created')
    const last = events.at(-1)
    expect(last?.type).toBe('response.completed')
    expect(last && 'response' in last ? last.response.output_text : '').toBe('hi')
  })

  test('the stream’s conveniences', async () => {
    const text = await client.responses({ model, input: 'say: hi', stream: true })
    expect(await text.text()).toBe('hi')
    const final = await client.responses({ model, input: 'say: hi', stream: true })
    expect((await final.final()).output_text).toBe('hi')
  })
})

describe.each(MODELS)('the openai package’s responses over the fetch: %s', (model) => {
  test('a tool call, and its result given back', async () => {
    const question = { role: 'user', content: 'call add {"a":1}' } as const
    const first = await openai.responses.create({ model, input: [question], tools: [add] })
    const call = first.output.find((item) => item.type === 'function_call')
    expect(call).toMatchObject({ name: 'add', arguments: '{"a":1}' })
    const second = await openai.responses.create({
      model,
      input: [
        question,
        // Every item of an answer is one of the next question; the package's types disagree on some.
        ...(first.output as OpenAI.Responses.ResponseInputItem[]),
        { type: 'function_call_output', call_id: call?.call_id ?? '', output: '1' },
      ],
      tools: [add],
    })
    expect(second.status).toBe('completed')
    expect(second.output_text).not.toBe('')
  })

  test('its own stream helper', async () => {
    const final = await openai.responses.stream({ model, input: 'say: hi' }).finalResponse()
    expect(final.output_text).toBe('hi')
  })
})
