import { Ollama, type Message } from 'ollama'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { MODELS, ONE_CALL, PIXEL, TWO_CALLS, WEATHER } from './models.ts'

let house: House
let client: Ollama

beforeAll(async () => {
  house = await startHouse()
  const headers = { authorization: `Bearer ${house.key}` }
  client = new Ollama({ host: house.url, headers })
})
afterAll(async () => {
  expect(await house.stop()).toBe(0)
})
beforeEach(() => {
  house.emulator.control.requests.clear()
})

const { name, description } = WEATHER
const city = { type: 'string', description: 'Which' }
const parameters = { type: 'object', properties: { city }, required: ['city'] }
const tools = [{ type: 'function', function: { name, description, parameters } }]
const say = (content: string): Message[] => [{ role: 'user', content }]
const format = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'number' } },
  required: ['name', 'age'],
}

async function collect<Item>(stream: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of stream) items.push(item)
  return items
}

describe.each(MODELS)('ollama on %s (%s)', (model, route) => {
  const seen = () => house.emulator.control.requests.list({ route })

  test('chat: whole and streamed are the same', async () => {
    const messages = say('What is the capital of France?')
    const whole = await client.chat({ model, messages })
    expect(whole).toMatchObject({ done: true, done_reason: 'stop', message: { role: 'assistant' } })
    expect(whole.message.content).toContain('What is the capital of France?')
    expect(whole.eval_count).toBeGreaterThan(0)

    const parts = await collect(await client.chat({ model, messages, stream: true }))
    expect(parts.map((part) => part.message.content).join('')).toBe(whole.message.content)
    expect(parts.filter(({ done }) => done)).toEqual([parts.at(-1)])
    expect(parts.at(-1)?.eval_count).toBe(whole.eval_count)
    expect(seen()).toHaveLength(2)
  })

  test('generate: whole and streamed', async () => {
    const whole = await client.generate({ model, prompt: 'say: hello', system: 'Be brief.' })
    expect(whole).toMatchObject({ response: 'hello', done: true })
    const parts = await collect(
      await client.generate({ model, prompt: 'say: hello', stream: true }),
    )
    expect(parts.map(({ response }) => response).join('')).toBe('hello')
    expect(JSON.stringify(seen()[0]?.body)).toContain('Be brief.')
  })

  test('a call of a tool, and the answer after its result', async () => {
    const messages = say(ONE_CALL)
    const { message } = await client.chat({ model, messages, tools })
    expect(message.tool_calls).toMatchObject([
      { function: { name: 'get_weather', arguments: { city: 'Paris' } } },
    ])
    const result: Message = { role: 'tool', tool_name: 'get_weather', content: 'sunny, 21 °C' }
    const after = await client.chat({ model, tools, messages: [...messages, message, result] })
    expect(after.message.content).toContain('sunny, 21 °C')
    expect(seen().map(({ initiator, status }) => [initiator, status])).toEqual([
      ['user', 200],
      ['agent', 200],
    ])
  })

  test('two calls at once, streamed', async () => {
    const stream = await client.chat({ model, messages: say(TWO_CALLS), tools, stream: true })
    const calls = (await collect(stream)).flatMap(({ message }) => message.tool_calls ?? [])
    expect(calls.map((call) => call.function.arguments)).toEqual([
      { city: 'Paris' },
      { city: 'Rome' },
    ])
  })

  test('an object by its schema', async () => {
    const { message } = await client.chat({ model, messages: say('Who was it?'), format })
    expect(JSON.parse(message.content)).toEqual({
      name: expect.any(String) as string,
      age: expect.any(Number) as number,
    })
  })

  test('an image', async () => {
    const messages = [{ role: 'user', content: 'say: a dot', images: [PIXEL] }]
    const { message } = await client.chat({ model, messages })
    expect(message.content).toBe('a dot')
    const [request] = seen()
    expect(request?.headers['copilot-vision-request']).toBe('true')
    expect(JSON.stringify(request?.body)).toContain(PIXEL)
    expect(request?.remarks).toEqual([])
  })

  test('an answer cut off by its limit', async () => {
    const options = { num_predict: 20 }
    const answer = await client.chat({ model, messages: say('write 200 words'), options })
    expect(answer.done_reason).toBe('length')
  })

  test('an abort ends the call upstream', async () => {
    house.emulator.control.settings.set({ pace: 50 })
    try {
      const stream = await client.chat({ model, messages: say('write 400 words'), stream: true })
      const read = async () => {
        for await (const part of stream) if (part.message.content) stream.abort()
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
    const stream = await client.chat({ model, messages: say('write 300 words'), stream: true })
    await expect(collect(stream)).rejects.toThrow(/ended|broke|cut/i)
  })
})

describe('ollama: models, embeddings, errors', () => {
  test('what an editor’s picker asks', async () => {
    const { models } = await client.list()
    const names = models.map((model) => model.model)
    for (const [model] of MODELS) {
      expect(names.some((listed) => listed.split(':')[0] === model)).toBe(true)
    }
    const shown = await client.show({ model: 'gpt-4o' })
    expect(shown.capabilities).toEqual(expect.arrayContaining(['completion', 'tools', 'vision']))
    expect((await client.version()).version).toMatch(/^\d+\.\d+\.\d+/)
  })

  test('embeddings', async () => {
    const model = 'text-embedding-3-small'
    const { embeddings } = await client.embed({ model, input: ['one', 'two'] })
    expect(embeddings.map(({ length }) => length)).toEqual([1536, 1536])
  })

  test('an unknown model, and a wrong key', async () => {
    const messages = say('say: hello')
    await expect(client.chat({ model: 'llama-nonsense', messages })).rejects.toMatchObject({
      status_code: 404,
    })
    const stranger = new Ollama({ host: house.url })
    await expect(stranger.chat({ model: 'gpt-4o', messages })).rejects.toMatchObject({
      status_code: 401,
    })
  })
})
