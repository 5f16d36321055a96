import Anthropic from '@anthropic-ai/sdk'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startHouse, type House } from '../support/gateway-process.ts'
import { MODELS, ONE_CALL, PIXEL, TWO_CALLS, WEATHER } from './models.ts'

let house: House
let client: Anthropic

beforeAll(async () => {
  house = await startHouse()
  client = new Anthropic({ baseURL: house.url, apiKey: house.key, maxRetries: 0 })
})
afterAll(async () => {
  expect(await house.stop()).toBe(0)
})
beforeEach(() => {
  house.emulator.control.requests.clear()
})

const { name, description, parameters } = WEATHER
const tools = [
  { name, description, input_schema: { ...parameters, required: [...parameters.required] } },
]
const say = (content: string): Anthropic.MessageParam[] => [{ role: 'user', content }]
const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('')
const callsOf = ({ content }: Anthropic.Message): Anthropic.ToolUseBlock[] =>
  content.filter((block) => block.type === 'tool_use')
const Person = z.object({ name: z.string(), age: z.number() })

describe.each(MODELS)('@anthropic-ai/sdk on %s (%s)', (model, route) => {
  const seen = () => house.emulator.control.requests.list({ route })
  const max_tokens = 2000

  test('whole and streamed are the same', async () => {
    const body = { model, max_tokens, messages: say('What is the capital of France?') }
    const whole = await client.messages.create(body)
    expect(whole).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' })
    expect(textOf(whole)).toContain('What is the capital of France?')
    expect(whole.usage.output_tokens).toBeGreaterThan(0)

    let text = ''
    const stream = client.messages.stream(body).on('text', (delta) => (text += delta))
    const streamed = await stream.finalMessage()
    expect(text).toBe(textOf(whole))
    expect(streamed).toMatchObject({ stop_reason: 'end_turn', content: whole.content })
    expect(streamed.usage).toMatchObject({
      input_tokens: whole.usage.input_tokens,
      output_tokens: whole.usage.output_tokens,
    })
    expect(seen()).toHaveLength(2)
  })

  test('events come in order, each block opened and closed once', async () => {
    const messages = say('say: hello')
    const kinds: string[] = []
    for await (const { type } of await client.messages.create({
      model,
      max_tokens,
      messages,
      stream: true,
    })) {
      if (type !== kinds.at(-1)) kinds.push(type)
    }
    expect(kinds).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
  })

  test('a call of a tool, and the answer after its result', async () => {
    const messages = say(ONE_CALL)
    const first = await client.messages.create({ model, max_tokens, messages, tools })
    expect(first.stop_reason).toBe('tool_use')
    const [use] = callsOf(first)
    expect(use).toMatchObject({ name: 'get_weather', input: { city: 'Paris' } })
    if (!use) return
    const after = await client.messages.create({
      model,
      max_tokens,
      tools,
      messages: [
        ...messages,
        { role: 'assistant', content: first.content },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: use.id, content: 'sunny, 21 °C' }],
        },
      ],
    })
    expect(after.stop_reason).toBe('end_turn')
    expect(textOf(after)).toContain('sunny, 21 °C')
    expect(seen().map(({ initiator, status }) => [initiator, status])).toEqual([
      ['user', 200],
      ['agent', 200],
    ])
  })

  test('two calls at once, streamed', async () => {
    const body = { model, max_tokens, messages: say(TWO_CALLS), tools }
    const calls = callsOf(await client.messages.stream(body).finalMessage())
    expect(calls.map((call) => [call.name, call.input])).toEqual([
      ['get_weather', { city: 'Paris' }],
      ['get_weather', { city: 'Rome' }],
    ])
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
  })

  test('a choice of tool that forces the call', async () => {
    const tool_choice = { type: 'tool' as const, name: 'get_weather' }
    const messages = say('say: nothing of the kind')
    const answer = await client.messages.create({ model, max_tokens, messages, tools, tool_choice })
    expect(callsOf(answer)).toHaveLength(1)
  })

  test('an object by its schema', async () => {
    const answer = await client.messages.parse({
      model,
      max_tokens,
      messages: say('Who was it?'),
      output_config: { format: zodOutputFormat(Person) },
    })
    expect(answer.parsed_output).toEqual({
      name: expect.any(String) as string,
      age: expect.any(Number) as number,
    })
  })

  test('an image', async () => {
    const source = { type: 'base64' as const, media_type: 'image/png' as const, data: PIXEL }
    const answer = await client.messages.create({
      model,
      max_tokens,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source },
            { type: 'text', text: 'say: a dot' },
          ],
        },
      ],
    })
    expect(textOf(answer)).toBe('a dot')
    const [request] = seen()
    expect(request?.headers['copilot-vision-request']).toBe('true')
    expect(JSON.stringify(request?.body)).toContain(PIXEL)
    expect(request?.remarks).toEqual([])
  })

  test('system, stop sequences and limits', async () => {
    const limited = await client.messages.create({
      model,
      max_tokens: 20,
      system: 'Be brief.',
      messages: say('write 200 words'),
    })
    expect(limited.stop_reason).toBe('max_tokens')
    expect(JSON.stringify(seen()[0]?.body)).toContain('Be brief.')
  })

  test('tokens are counted', async () => {
    const counted = await client.messages.countTokens({ model, messages: say('one two three') })
    expect(counted.input_tokens).toBeGreaterThan(0)
    expect(seen()).toEqual([])
  })

  test('leaving the loop ends the call upstream', async () => {
    house.emulator.control.settings.set({ pace: 50 })
    try {
      const messages = say('write 400 words')
      const body = { model, max_tokens, messages, stream: true as const }
      for await (const event of await client.messages.create(body)) {
        if (event.type === 'content_block_delta') break
      }
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
    const messages = say('write 300 words')
    const stream = client.messages.stream({ model, max_tokens, messages })
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIError)
  })
})

describe('@anthropic-ai/sdk: thinking', () => {
  // Only the model's own wire signs its thoughts; Responses seals them.
  test.each([
    ['claude-sonnet-4.5', 'messages'],
    ['gpt-5.4', 'responses'],
  ])('%s thinks, and its thought comes back to it unchanged', async (model, route) => {
    const ask = { model, max_tokens: 4000, tools }
    const thinking = { type: 'enabled' as const, budget_tokens: 1500 }
    const messages = say(ONE_CALL)
    const first = await client.messages.stream({ ...ask, thinking, messages }).finalMessage()
    const thought = first.content.find((block) => block.type === 'thinking')
    expect(thought?.signature).toBeTruthy()
    const [use] = callsOf(first)
    const after = await client.messages.create({
      ...ask,
      thinking,
      messages: [
        ...messages,
        { role: 'assistant', content: first.content },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: use?.id ?? '', content: 'sunny' }],
        },
      ],
    })
    expect(textOf(after)).toContain('sunny')
    // The emulator refuses a thought that was altered, as Copilot does.
    const statuses = house.emulator.control.requests.list({ route }).map(({ status }) => status)
    expect(statuses).toEqual([200, 200])
  })
})

describe('@anthropic-ai/sdk: models and errors', () => {
  test('models, in its own form', async () => {
    const ids: string[] = []
    for await (const model of client.models.list()) ids.push(model.id)
    // Claude's ids are dashed here: Anthropic's own tools cut a dotted one at the dot.
    expect(ids).toEqual(expect.arrayContaining(['gpt-4o', 'claude-sonnet-4-6', 'gpt-5.4']))
    const one = await client.models.retrieve('claude-sonnet-4-6')
    expect(one).toMatchObject({ id: 'claude-sonnet-4-6', type: 'model' })
  })

  const hello = { model: 'claude-sonnet-4.5', max_tokens: 50, messages: say('say: hello') }

  test('an unknown model', async () => {
    const failing = client.messages.create({ ...hello, model: 'claude-nonsense' })
    await expect(failing).rejects.toMatchObject({
      status: 404,
      error: { type: 'error', error: { type: 'not_found_error' } },
    })
    await expect(failing).rejects.toBeInstanceOf(Anthropic.NotFoundError)
  })

  test('a wrong key', async () => {
    const stranger = new Anthropic({ baseURL: house.url, apiKey: 'sk-wrong', maxRetries: 0 })
    const failing = stranger.messages.create(hello)
    await expect(failing).rejects.toBeInstanceOf(Anthropic.AuthenticationError)
    expect(house.emulator.control.requests.list({ route: 'messages' })).toEqual([])
  })

  test.each([
    ['quota_exceeded', 402],
    ['forbidden', 403],
    ['rate_limited', 429],
    ['prompt_too_long', 400],
    ['overloaded', 503],
  ] as const)('the upstream’s %s', async (fault, status) => {
    const stored = house.emulator.control.faults.add({
      on: { route: 'messages' },
      do: { kind: 'error', name: fault, ...(status === 429 ? { retryAfter: 3600 } : {}) },
    })
    try {
      const failure: unknown = await client.messages.create(hello).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(Anthropic.APIError)
      expect(failure).toMatchObject({ status, error: { type: 'error' } })
    } finally {
      house.emulator.control.faults.remove(stored)
    }
  })
})
