import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EchoHouse, openEchoHouse } from '../__fixtures__/echo-house.ts'

let house: EchoHouse

beforeAll(async () => {
  house = await openEchoHouse(({ pathname }) => ({
    id: pathname.endsWith('/count_tokens') ? 'messages:count_tokens' : 'messages',
  }))
})
afterAll(() => house.close())

const client = (): Anthropic => new Anthropic({ baseURL: house.origin, apiKey: 'k', maxRetries: 0 })
const ask = (content: string) => ({
  model: 'claude-sonnet-9',
  max_tokens: 2048,
  messages: [{ role: 'user' as const, content }],
  tools: [{ name: 'look', input_schema: { type: 'object' as const } }],
  thinking: { type: 'enabled' as const, budget_tokens: 1024 },
})

test('a whole answer with a thought and a call', async () => {
  const answer = await client().messages.create(ask('call look'))
  expect(answer).toMatchObject({
    model: 'claude-sonnet-9',
    stop_reason: 'tool_use',
    content: [
      { type: 'thinking', thinking: 'hm' },
      { type: 'text', text: 'You said: call look' },
      { type: 'tool_use', id: 'call_1', name: 'look', input: { x: 1 } },
    ],
    usage: { input_tokens: 8, cache_read_input_tokens: 4, output_tokens: 7 },
  })
})

test('its stream helper puts the same answer together', async () => {
  const stream = client().messages.stream(ask('call look'))
  const seen: string[] = []
  stream.on('text', (text) => seen.push(text))
  const answer = await stream.finalMessage()
  expect(seen.join('')).toBe('You said: call look')
  expect(answer).toMatchObject({
    stop_reason: 'tool_use',
    content: [
      { type: 'thinking', thinking: 'hm' },
      { type: 'text', text: 'You said: call look' },
      { type: 'tool_use', name: 'look', input: { x: 1 } },
    ],
    usage: { input_tokens: 8, cache_read_input_tokens: 4, output_tokens: 7 },
  })
})

test('a broken stream and a refusal are its errors', async () => {
  await expect(client().messages.stream(ask('fail')).finalMessage()).rejects.toThrow('It broke.')
  await expect(client().messages.create(ask('refuse'))).rejects.toMatchObject({
    status: 429,
    error: { error: { type: 'rate_limit_error', message: 'No.' } },
  })
})

test('a count of tokens', async () => {
  const { model, messages } = ask('Hi')
  expect(await client().messages.countTokens({ model, messages })).toEqual({ input_tokens: 42 })
})
