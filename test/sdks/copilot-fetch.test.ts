import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { emulated, type Emulated } from '../../src/sdk/__fixtures__/emulated.ts'
import { createCopilotFetch } from '../../src/index.ts'
import { MODELS, TWO_CALLS, WEATHER } from './models.ts'

let house: Emulated
let client: OpenAI

beforeAll(async () => {
  house = await emulated()
  client = new OpenAI({
    apiKey: 'unused',
    baseURL: 'https://api.githubcopilot.com',
    fetch: createCopilotFetch({ environment: house.environment, signIn: 'never', num_retries: 0 }),
    maxRetries: 0,
  })
})
afterAll(() => house[Symbol.asyncDispose]())
beforeEach(() => {
  house.emulator.control.requests.clear()
})

const tools = [{ type: 'function' as const, strict: true, ...WEATHER }]
const Person = z.object({ name: z.string(), age: z.number() })

describe.each(MODELS)('openai, responses without a gateway, on %s (%s)', (model, route) => {
  test('whole and streamed are the same', async () => {
    const body = { model, input: 'What is the capital of France?', store: false }
    const whole = await client.responses.create(body)
    expect(whole.output_text).toContain(body.input)
    const streamed = await client.responses.stream(body).finalResponse()
    expect(streamed.output_text).toBe(whole.output_text)
    const seen = house.emulator.control.requests.list({ route })
    expect(seen.map(({ status, remarks }) => [status, remarks])).toEqual([
      [200, []],
      [200, []],
    ])
  })

  test('two calls at once', async () => {
    const runner = client.responses.stream({ model, input: TWO_CALLS, tools, store: false })
    const { output } = await runner.finalResponse()
    const calls = output.filter((item) => item.type === 'function_call')
    expect(calls.map((call) => JSON.parse(call.arguments) as unknown)).toEqual([
      { city: 'Paris' },
      { city: 'Rome' },
    ])
  })

  test('an object by its schema', async () => {
    const text = { format: zodTextFormat(Person, 'person') }
    const answer = await client.responses.parse({ model, input: 'Who was it?', store: false, text })
    expect(answer.output_parsed).toEqual({
      name: expect.any(String) as string,
      age: expect.any(Number) as number,
    })
  })
})
