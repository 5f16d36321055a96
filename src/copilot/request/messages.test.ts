import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { Prepared } from '../../core/upstream.ts'
import type { ModelName } from '../__fixtures__/models.ts'
import { prepare } from './__fixtures__/prepared.ts'

describe('messages bodies', () => {
  const messages = (body: JsonObject, model: ModelName = 'claude'): Prepared =>
    prepare({ model, wire: 'messages', body })

  test('a note for Anthropic’s billing goes from the front of the system prompt', () => {
    const note = { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.197' }
    const own = { type: 'text', text: 'Be brief.' }
    const { edits, rewrites } = messages({ system: [note, own] })
    expect(Object.fromEntries(edits)).toEqual({ system: [own] })
    expect(rewrites).toMatchObject([{ field: 'system', action: 'repaired' }])
    expect(Object.fromEntries(messages({ system: [note] }).edits)).toEqual({ system: undefined })
    expect(messages({ system: [own] }).edits.size).toBe(0)
  })

  test("what only Anthropic's own API knows goes", () => {
    const { edits } = messages({
      service_tier: 'auto',
      inference_geo: 'us',
      output_format: { type: 'json_schema', schema: {} },
      output_config: { effort: 'high' },
      max_tokens: 90_000,
    })
    expect(Object.fromEntries(edits)).toEqual({
      service_tier: undefined,
      inference_geo: undefined,
      output_format: undefined,
      output_config: { effort: 'high', format: { type: 'json_schema', schema: {} } },
      max_tokens: 32_000,
    })
  })

  test('cache_control loses its scope wherever it stands, and nothing else', () => {
    const scoped = { type: 'ephemeral', ttl: '1h', scope: 'global' }
    const plain = { type: 'ephemeral', ttl: '1h' }
    const text = (cache: JsonObject): JsonObject => ({
      type: 'text',
      text: 't',
      cache_control: cache,
    })
    const untouched = { role: 'assistant', content: [text(plain)] }
    const { edits } = messages({
      system: [text(scoped)],
      messages: [
        { role: 'user', content: 'text' },
        { role: 'user', content: [{ type: 'tool_result', content: [text(scoped)] }, text(scoped)] },
        untouched,
      ],
      tools: [
        {
          name: 'f',
          input_schema: { $schema: 'x', type: 'object' },
          cache_control: scoped,
          eager_input_streaming: true,
        },
      ],
    })
    expect(Object.fromEntries(edits)).toEqual({
      system: [text(plain)],
      messages: [
        { role: 'user', content: 'text' },
        { role: 'user', content: [{ type: 'tool_result', content: [text(plain)] }, text(plain)] },
        untouched,
      ],
      tools: [{ name: 'f', input_schema: { type: 'object' }, cache_control: plain }],
    })
    expect((edits.get('messages') as unknown[])[2]).toBe(untouched)
  })

  for (const [name, model, thinking, maxTokens, sent] of [
    [
      'a budget too small is off',
      'claude',
      { type: 'enabled', budget_tokens: 500 },
      4096,
      undefined,
    ],
    [
      'a budget too large is cut',
      'claude',
      { type: 'enabled', budget_tokens: 50_000 },
      64_000,
      { type: 'enabled', budget_tokens: 32_000 },
    ],
    [
      'a budget for one that only adapts',
      'adaptive',
      { type: 'enabled', budget_tokens: 2048 },
      4096,
      { type: 'adaptive' },
    ],
    [
      'adaptive with a budget',
      'claude',
      { type: 'adaptive', budget_tokens: 2048 },
      4096,
      { type: 'adaptive' },
    ],
    [
      'adaptive for one that only knows budgets',
      'budgeted',
      { type: 'adaptive' },
      4096,
      { type: 'enabled', budget_tokens: 4095 },
    ],
    ['adaptive without room for a budget', 'budgeted', { type: 'adaptive' }, 1000, undefined],
    ['any for one that does not think', 'thoughtless', { type: 'adaptive' }, 4096, undefined],
  ] as const) {
    test(`thinking: ${name}`, () => {
      const { edits } = messages({ thinking, max_tokens: maxTokens }, model)
      expect(edits.get('thinking')).toEqual(sent)
      expect(edits.has('thinking')).toBe(true)
    })
  }

  test('an effort the model has not becomes the nearest, or goes', () => {
    const effort = { output_config: { effort: 'max' } }
    expect(messages(effort).edits.get('output_config')).toEqual({ effort: 'high' })
    expect([...messages(effort, 'budgeted').edits]).toEqual([['output_config', undefined]])
  })
})
