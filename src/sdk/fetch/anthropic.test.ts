import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emulated } from '../__fixtures__/emulated.ts'
import type { Emulated } from '../__fixtures__/emulated.ts'
import type { JetwayClient } from '../client.ts'
import { createCopilot } from '../create-copilot.ts'
import { createCopilotFetch } from './create-copilot-fetch.ts'

let house: Emulated
let anthropic: Anthropic
let client: JetwayClient

beforeAll(async () => {
  house = await emulated()
  const options = { environment: house.environment, signIn: 'never', num_retries: 0 } as const
  anthropic = new Anthropic({
    apiKey: 'unused',
    baseURL: 'https://api.githubcopilot.com',
    fetch: createCopilotFetch(options),
    maxRetries: 0,
  })
  client = createCopilot(options)
})

afterAll(async () => {
  await client.close()
  await house[Symbol.asyncDispose]()
})

const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Say hello' }]
const tools: Anthropic.Tool[] = [
  { name: 'add', input_schema: { type: 'object', properties: { a: { type: 'integer' } } } },
]

/** One model that speaks the wire itself, one that is translated for. */
const MODELS = ['claude-haiku-4.5', 'gpt-4o'] as const

describe.each(MODELS)('the Anthropic package over the fetch: %s', (model) => {
  test('whole and streamed are the same', async () => {
    const whole = await anthropic.messages.create({ model, max_tokens: 100, messages })
    const [block] = whole.content
    expect(block).toMatchObject({ type: 'text' })
    const streamed = await anthropic.messages
      .stream({ model, max_tokens: 100, messages })
      .finalMessage()
    expect(streamed.content).toMatchObject([{ type: 'text', text: textOf(block) }])
    expect(streamed.usage.output_tokens).toBeGreaterThan(0)
  })

  test('a tool call', async () => {
    const answer = await anthropic.messages
      .stream({
        model,
        max_tokens: 100,
        messages: [{ role: 'user', content: 'Add 1 to 2' }],
        tools,
        tool_choice: { type: 'any' },
      })
      .finalMessage()
    expect(answer.stop_reason).toBe('tool_use')
    expect(answer.content.find(({ type }) => type === 'tool_use')).toMatchObject({ name: 'add' })
  })
})

describe.each(MODELS)('messages(): %s', (model) => {
  test('whole and streamed are the same', async () => {
    const whole = await client.messages({ model, messages, max_tokens: 100 })
    expect(whole.type).toBe('message')
    const stream = await client.messages({ model, messages, max_tokens: 100, stream: true })
    const final = await stream.final()
    expect(final.content).toEqual(whole.content)
    expect(final.stop_reason).toBe(whole.stop_reason)
    const again = await client.messages({ model, messages, max_tokens: 100, stream: true })
    expect(await again.text()).toBe(textOf(whole.content.find(({ type }) => type === 'text')))
  })

  test('without max_tokens it has the default', async () => {
    const answer = await client.messages({ model, messages })
    expect(answer.stop_reason).toBe('end_turn')
  })
})

describe('other paths of Anthropic’s API', () => {
  test('count_tokens', async () => {
    const counted = await anthropic.messages.countTokens({ model: 'claude-haiku-4.5', messages })
    expect(counted.input_tokens).toBeGreaterThan(0)
  })

  test('models, in its own form', async () => {
    const page = await anthropic.models.list()
    expect(page.data.map(({ id }) => id)).toContain('claude-haiku-4.5')
    expect(page.data[0]?.type).toBe('model')
    expect((await anthropic.models.retrieve('gpt-4o')).created_at).toMatch(/^2024-11-20T/)
  })

  test('failures are the package’s own classes', async () => {
    const failing = anthropic.messages.create({ model: 'claude-nonsense', max_tokens: 1, messages })
    await expect(failing).rejects.toThrow(Anthropic.NotFoundError)
  })
})

function textOf(block: { readonly type: string } | undefined): string {
  return block && 'text' in block && typeof block.text === 'string' ? block.text : ''
}
