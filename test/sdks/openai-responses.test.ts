import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import type { ResponseInputItem } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { House } from '../support/gateway-process.ts'
import { MODELS, ONE_CALL, PIXEL, startSdkHouse, TWO_CALLS, WEATHER } from './models.ts'

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

const tools = [{ type: 'function' as const, strict: true, ...WEATHER }]
const Person = z.object({ name: z.string(), age: z.number() })

describe.each(MODELS)('openai, responses on %s (%s)', (model, route) => {
  const seen = () => house.emulator.control.requests.list({ route })

  test('whole and streamed are the same', async () => {
    const input = 'What is the capital of France?'
    const whole = await client.responses.create({ model, input, store: false })
    expect(whole).toMatchObject({ object: 'response', status: 'completed', model, error: null })
    expect(whole.output_text).toContain(input)
    expect(whole.usage?.total_tokens).toBeGreaterThan(0)

    let text = ''
    const kinds: string[] = []
    const ids = new Set<string>()
    const numbers: number[] = []
    const stream = await client.responses.create({ model, input, store: false, stream: true })
    for await (const event of stream) {
      kinds.push(event.type)
      numbers.push(event.sequence_number)
      if (event.type !== 'response.output_text.delta') continue
      text += event.delta
      ids.add(event.item_id)
    }
    expect(text).toBe(whole.output_text)
    expect(ids.size).toBe(1)
    expect(kinds[0]).toBe('response.created')
    expect(kinds.at(-1)).toBe('response.completed')
    expect(numbers).toEqual(numbers.map((_, at) => at))
    expect(seen()).toHaveLength(2)
  })

  test('a call of a tool, and the answer after its result', async () => {
    const asked: ResponseInputItem[] = [{ role: 'user', content: ONE_CALL }]
    const first = await client.responses.create({ model, input: asked, tools, store: false })
    const call = first.output.find((item) => item.type === 'function_call')
    expect(call).toMatchObject({ name: 'get_weather', status: 'completed' })
    if (!call) return
    expect(JSON.parse(call.arguments)).toEqual({ city: 'Paris' })
    const output = 'sunny, 21 °C'
    const result = { type: 'function_call_output' as const, call_id: call.call_id, output }
    const input = [...asked, ...(first.output as ResponseInputItem[]), result]
    const after = await client.responses.create({ model, input, tools, store: false })
    expect(after.output_text).toContain(output)
    expect(seen().map(({ initiator, status }) => [initiator, status])).toEqual([
      ['user', 200],
      ['agent', 200],
    ])
  })

  test('two calls at once, through its stream helper', async () => {
    const runner = client.responses.stream({ model, input: TWO_CALLS, tools, store: false })
    const done: unknown[] = []
    runner.on('response.function_call_arguments.done', (event) => {
      done.push(JSON.parse(event.arguments))
    })
    const { output } = await runner.finalResponse()
    const calls = output.filter((item) => item.type === 'function_call')
    expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_weather'])
    expect(calls.map((call) => JSON.parse(call.arguments) as unknown)).toEqual([
      { city: 'Paris' },
      { city: 'Rome' },
    ])
    expect(done).toEqual([{ city: 'Paris' }, { city: 'Rome' }])
    expect(new Set(calls.map(({ call_id }) => call_id)).size).toBe(2)
  })

  test('an object by its schema, whole and streamed', async () => {
    const body = {
      model,
      input: 'Who was it?',
      store: false,
      text: { format: zodTextFormat(Person, 'person') },
    }
    const person = { name: expect.any(String) as string, age: expect.any(Number) as number }
    const whole = await client.responses.parse(body)
    expect(whole.output_parsed).toEqual(person)
    const streamed = await client.responses.stream(body).finalResponse()
    expect(streamed.output_parsed).toEqual(person)
  })

  test('instructions and an image', async () => {
    const answer = await client.responses.create({
      model,
      store: false,
      instructions: 'Be brief.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'say: a dot' },
            {
              type: 'input_image',
              detail: 'auto',
              image_url: `data:image/png;base64,${PIXEL}`,
            },
          ],
        },
      ],
    })
    expect(answer.output_text).toBe('a dot')
    const [request] = seen()
    expect(request?.headers['copilot-vision-request']).toBe('true')
    expect(JSON.stringify(request?.body)).toContain(PIXEL)
    expect(JSON.stringify(request?.body)).toContain('Be brief.')
    expect(request?.remarks).toEqual([])
  })

  test('an answer cut off by its limit is incomplete', async () => {
    const answer = await client.responses.create({
      model,
      input: 'write 200 words',
      max_output_tokens: 20,
      store: false,
    })
    expect(answer).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    })
  })

  test('leaving the loop ends the call upstream', async () => {
    house.emulator.control.settings.set({ pace: 50 })
    try {
      const body = { model, input: 'write 400 words', store: false, stream: true as const }
      for await (const event of await client.responses.create(body)) {
        if (event.type === 'response.output_text.delta') break
      }
      const wait = { filter: { route }, count: 1, timeoutMs: 5000 }
      const [ended] = await house.emulator.control.requests.waitFor(wait)
      expect(ended?.outcome).toBe('aborted')
    } finally {
      house.emulator.control.settings.set({ pace: 0 })
    }
  })

  test('a stream that breaks upstream ends with a failure', async () => {
    house.emulator.control.faults.add({
      on: { route, stream: true },
      times: 1,
      do: { kind: 'cut', after: 6 },
    })
    const kinds: string[] = []
    const read = async () => {
      const body = { model, input: 'write 300 words', store: false, stream: true as const }
      for await (const event of await client.responses.create(body)) kinds.push(event.type)
    }
    const failure: unknown = await read().catch((error: unknown) => error)
    expect(kinds).not.toContain('response.completed')
    const told = failure instanceof OpenAI.APIError || kinds.at(-1) === 'response.failed'
    expect({ told, last: kinds.at(-1) }).toMatchObject({ told: true })
  })
})

describe('openai, responses: refusals', () => {
  test('an unknown model, and no input', async () => {
    await expect(client.responses.create({ model: 'gpt-0', input: 'x' })).rejects.toBeInstanceOf(
      OpenAI.NotFoundError,
    )
    await expect(client.responses.create({ model: 'gpt-5.4' })).rejects.toBeInstanceOf(
      OpenAI.BadRequestError,
    )
  })
})
