import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { edited, prepare } from './__fixtures__/prepared.ts'

test('a body that needs nothing is left alone, whatever the wire', () => {
  for (const [model, wire, body] of [
    [
      'plain',
      'chat',
      { messages: [], temperature: 0, max_tokens: 9, tools: [tool({ type: 'object' })] },
    ],
    ['reasoner', 'chat', { messages: [], max_completion_tokens: 9, reasoning_effort: 'low' }],
    ['claude', 'chat', { messages: [], temperature: 0, max_tokens: 9 }],
    [
      'reasoner',
      'responses',
      { input: 'hi', store: false, reasoning: { effort: 'high', summary: 'auto' } },
    ],
    [
      'claude',
      'messages',
      { messages: [], max_tokens: 9, thinking: { type: 'enabled', budget_tokens: 2048 } },
    ],
    ['embeddings', 'embeddings', { input: ['a'] }],
  ] as const) {
    const { edits, rewrites, degraded } = prepare({
      model,
      wire,
      body: body as unknown as JsonObject,
    })
    expect([...edits], `${model} on ${wire}`).toEqual([])
    expect(rewrites).toEqual([])
    expect(degraded).toEqual([])
  }
})

function tool(parameters: JsonObject): JsonObject {
  return { type: 'function', function: { name: 'f', parameters } }
}

describe('chat bodies', () => {
  test("the catalogue's name of the model", () => {
    expect(prepare({ body: { model: 'github_copilot/gpt-4o' } })).toMatchObject({
      edits: new Map([['model', 'gpt-4o']]),
      rewrites: [{ field: 'model', action: 'set' }],
    })
  })

  test('a reasoning model of OpenAI counts completion tokens and samples by itself', () => {
    const { edits, degraded, rewrites } = prepare({
      model: 'reasoner',
      body: { max_tokens: 100, temperature: 0.2, top_p: 1 },
    })
    expect(Object.fromEntries(edits)).toEqual({
      max_tokens: undefined,
      max_completion_tokens: 100,
      temperature: undefined,
      top_p: undefined,
    })
    // top_p 1 is what the model does anyway.
    expect(degraded).toEqual(['temperature'])
    expect(rewrites.map(({ field, action }) => `${field} ${action}`)).toEqual([
      'max_tokens removed',
      'max_completion_tokens renamed',
      'temperature removed',
      'top_p removed',
    ])
  })

  test('of two limits the one the model knows stays', () => {
    const both = { max_tokens: 1, max_completion_tokens: 2 }
    expect(edited({ model: 'reasoner', body: both })).toEqual({ max_tokens: undefined })
    expect(edited({ model: 'claude', body: both })).toEqual({ max_completion_tokens: undefined })
    expect(edited({ model: 'plain', body: both })).toEqual({})
    expect(edited({ model: 'gemini', body: { max_completion_tokens: 2 } })).toEqual({
      max_completion_tokens: undefined,
      max_tokens: 2,
    })
  })

  test('Claude refuses temperature and top_p together: the idle one goes', () => {
    expect(edited({ model: 'claude', body: { temperature: 0, top_p: 1 } })).toEqual({
      top_p: undefined,
    })
    expect(edited({ model: 'claude', body: { temperature: 1, top_p: 0.5 } })).toEqual({
      temperature: undefined,
    })
    // Both mean something: upstream decides, and what it says is learnt.
    expect(edited({ model: 'claude', body: { temperature: 0, top_p: 0.5 } })).toEqual({})
  })

  for (const [model, asked, sent, lost] of [
    ['reasoner', 'minimal', 'low', true],
    ['reasoner', 'xhigh', 'high', true],
    ['reasoner', 'medium', 'medium', false],
    ['reasoner', 'none', undefined, true],
    ['reasoner', 'word-of-next-month', 'word-of-next-month', false],
    ['plain', 'high', undefined, true],
    ['plain', 'none', undefined, false],
  ] as const) {
    test(`reasoning_effort ${asked} to ${model} becomes ${sent}`, () => {
      const { edits, degraded } = prepare({ model, body: { reasoning_effort: asked } })
      expect(edits.has('reasoning_effort') ? edits.get('reasoning_effort') : asked).toBe(sent)
      expect(degraded).toEqual(lost ? ['reasoning_effort'] : [])
    })
  }

  test('an empty list of tools goes, with what hangs on it', () => {
    expect(edited({ body: { tools: [], tool_choice: 'auto' } })).toEqual({
      tools: undefined,
      tool_choice: undefined,
    })
  })

  test('a schema that Claude ignores on this wire is named, and sent', () => {
    const { degraded, edits } = prepare({
      model: 'claude',
      body: { response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
    })
    expect(degraded).toEqual(['response_format'])
    expect(edits.size).toBe(0)
  })
})

test('embeddings take a list only', () => {
  expect(edited({ model: 'embeddings', wire: 'embeddings', body: { input: 'a' } })).toEqual({
    input: ['a'],
  })
})
