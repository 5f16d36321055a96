import { FunctionCallingConfigMode, GoogleGenAI } from '@google/genai'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEchoHouse } from './__fixtures__/echo-house.ts'
import type { EchoHouse } from './__fixtures__/echo-house.ts'

const OPENAI: Readonly<Record<string, string>> = {
  '/v1/chat/completions': 'chat',
  '/v1/completions': 'completions',
  '/v1/embeddings': 'embeddings',
}
let house: EchoHouse

async function collect<Item>(stream: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of stream) items.push(item)
  return items
}

beforeAll(async () => {
  house = await openEchoHouse((url) => {
    const { pathname, searchParams } = url
    const gemini = /^\/v1beta\/models\/(.+):(\w+)$/.exec(pathname)
    if (gemini) {
      const path = { params: { model: gemini[1] ?? '' }, query: new Map(searchParams) }
      return { id: `gemini:${gemini[2]}`, path }
    }
    const id = OPENAI[pathname] ?? pathname.replace('/api/', 'ollama:')
    return { id }
  })
})
afterAll(() => house.close())

describe('openai', () => {
  const client = (): OpenAI =>
    new OpenAI({ baseURL: `${house.origin}/v1`, apiKey: 'k', maxRetries: 0 })
  const tools = [
    { type: 'function' as const, function: { name: 'look', parameters: { type: 'object' } } },
  ]
  const say = (content: string) => [{ role: 'user' as const, content }]

  test('a whole answer with a call', async () => {
    const answer = await client().chat.completions.create({
      model: 'm',
      messages: say('call look'),
      tools,
    })
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: 'You said: call look', tool_calls: [{ function: { name: 'look' } }] },
    })
    expect(answer.usage).toMatchObject({ total_tokens: 19 })
  })

  test('its stream helper puts the same answer together', async () => {
    const runner = client().chat.completions.stream({
      model: 'm',
      messages: say('call look'),
      tools,
      stream_options: { include_usage: true },
    })
    const answer = await runner.finalChatCompletion()
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'You said: call look',
        tool_calls: [{ id: 'call_1', function: { name: 'look', arguments: '{"x":1}' } }],
      },
    })
    expect(answer.usage?.completion_tokens_details?.reasoning_tokens).toBe(3)
  })

  test('a broken stream and a refusal are its errors', async () => {
    const create = (content: string, stream: boolean) =>
      client().chat.completions.create({ model: 'm', messages: say(content), stream })
    const broken = (await create('fail', true)) as AsyncIterable<unknown>
    await expect(collect(broken)).rejects.toThrow('It broke.')
    await expect(create('refuse', false)).rejects.toMatchObject({ status: 429 })
  })

  test('legacy completions', async () => {
    const whole = await client().completions.create({ model: 'm', prompt: 'Hi' })
    expect(whole.choices[0]).toMatchObject({ text: 'You said: Hi', finish_reason: 'stop' })
    const stream = await client().completions.create({ model: 'm', prompt: 'Hi', stream: true })
    const chunks = await collect(stream)
    expect(chunks.map((chunk) => chunk.choices[0]?.text).join('')).toBe('You said: Hi')
  })

  test('embeddings, in base64 as it asks by itself', async () => {
    const { data } = await client().embeddings.create({ model: 'm', input: ['a', 'abc'] })
    expect(data.map((entry) => entry.embedding)).toEqual([
      [1, 0.5],
      [3, 0.5],
    ])
  })
})

describe('@google/genai', () => {
  const client = (): GoogleGenAI =>
    new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: house.origin } })
  const model = 'gemini-2.5-pro'
  const config = {
    systemInstruction: 'Be brief.',
    tools: [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: { type: 'object' } }] }],
    toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
    thinkingConfig: { includeThoughts: true },
  }

  test('a whole answer with a call and a thought', async () => {
    const answer = await client().models.generateContent({ model, contents: 'call look', config })
    expect(answer.text).toBe('You said: call look')
    expect(answer.functionCalls).toEqual([{ id: 'call_1', name: 'look', args: { x: 1 } }])
    expect(answer.candidates?.[0]?.content?.parts?.[0]).toEqual({ text: 'hm', thought: true })
    expect(answer.usageMetadata).toMatchObject({ totalTokenCount: 19, thoughtsTokenCount: 3 })
    expect(house.asked.at(-1)).toMatchObject({ model, toolChoice: { kind: 'required' } })
  })

  test('a stream', async () => {
    const stream = await client().models.generateContentStream({ model, contents: 'call look' })
    const frames = await collect(stream)
    expect(frames.map((frame) => frame.text ?? '').join('')).toBe('You said: call look')
    expect(frames.flatMap((frame) => frame.functionCalls ?? [])).toHaveLength(1)
    expect(frames.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP')
  })

  test('a chat sends back what it got', async () => {
    const chat = client().chats.create({ model })
    await chat.sendMessage({ message: 'call look' })
    const response = { id: 'call_1', name: 'look', response: { output: 'seen' } }
    const answer = await chat.sendMessage({ message: { functionResponse: response } })
    expect(answer.text).toBe('You said: seen')
    expect(house.asked.at(-1)?.turns.map((turn) => turn.role)).toEqual([
      'user',
      'assistant',
      'tool',
    ])
  })

  test('a broken stream and a refusal are its errors', async () => {
    const stream = await client().models.generateContentStream({ model, contents: 'fail' })
    await expect(collect(stream)).rejects.toThrow('It broke.')
    await expect(
      client().models.generateContent({ model, contents: 'refuse' }),
    ).rejects.toMatchObject({ status: 429 })
  })

  test('counting and embedding', async () => {
    const { totalTokens } = await client().models.countTokens({ model, contents: 'Hi' })
    expect(totalTokens).toBe(42)
    const { embeddings } = await client().models.embedContent({ model, contents: ['a', 'abc'] })
    expect(embeddings?.map((entry) => entry.values)).toEqual([
      [1, 0.5],
      [3, 0.5],
    ])
  })
})

describe('ollama', () => {
  const client = (): Ollama => new Ollama({ host: house.origin })
  const model = 'gpt-4o:latest'
  const tools = [
    {
      type: 'function',
      function: { name: 'look', description: 'Looks', parameters: { type: 'object' } },
    },
  ]
  const say = (content: string) => [{ role: 'user', content }]

  test('a whole answer with a call and a thought', async () => {
    const answer = await client().chat({ model, messages: say('call look'), tools })
    expect(answer.message).toMatchObject({
      content: 'You said: call look',
      thinking: 'hm',
      tool_calls: [{ function: { name: 'look', arguments: { x: 1 } } }],
    })
    expect(answer).toMatchObject({ done: true, eval_count: 7, total_duration: 5_000_000 })
    expect(house.asked.at(-1)?.model).toBe('gpt-4o')
  })

  test('streams', async () => {
    const chat = await client().chat({ model, messages: say('Hi'), stream: true })
    const said = await collect(chat)
    expect(said.map((part) => part.message.content).join('')).toBe('You said: Hi')
    const generate = await client().generate({ model, prompt: 'Hi', stream: true })
    const made = await collect(generate)
    expect(made.map((part) => part.response).join('')).toBe('You said: Hi')
    expect(made.at(-1)?.done_reason).toBe('stop')
  })

  test('a broken stream and a refusal are its errors', async () => {
    const stream = await client().chat({ model, messages: say('fail'), stream: true })
    await expect(collect(stream)).rejects.toThrow('It broke.')
    await expect(client().chat({ model, messages: say('refuse') })).rejects.toThrow('No.')
  })

  test('embeddings of today and of old', async () => {
    const { embeddings } = await client().embed({ model, input: ['a', 'abc'] })
    expect(embeddings).toEqual([
      [1, 0.5],
      [3, 0.5],
    ])
    expect((await client().embeddings({ model, prompt: 'abc' })).embedding).toEqual([3, 0.5])
  })
})
