import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import { encode, model } from './__fixtures__/requests.ts'

const budgetModel: Model = {
  ...model,
  supports: {
    ...model.supports,
    adaptiveThinking: false,
    reasoningEfforts: [],
    structuredOutputs: false,
  },
}

describe('encoding a request', () => {
  test.each<[string, Partial<Conversation>, Model, JsonObject, string[]]>([
    [
      'an effort, adaptive',
      { reasoning: { effort: 'xhigh' } },
      model,
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      [],
    ],
    [
      'an effort as a budget',
      { reasoning: { effort: 'high' } },
      budgetModel,
      { thinking: { type: 'enabled', budget_tokens: 16_384 } },
      [],
    ],
    [
      'a budget within the answer',
      { reasoning: { budgetTokens: 9000 }, maxOutputTokens: 4000 },
      budgetModel,
      { thinking: { type: 'enabled', budget_tokens: 3999 } },
      [],
    ],
    [
      'no room to think',
      { reasoning: { effort: 'low' }, maxOutputTokens: 500 },
      budgetModel,
      { max_tokens: 500 },
      ['reasoning_effort'],
    ],
    ['off', { reasoning: { effort: 'none' } }, model, { thinking: { type: 'disabled' } }, []],
    [
      'a forced tool',
      {
        reasoning: { effort: 'low' },
        tools: [{ kind: 'function', name: 'f' }],
        toolChoice: { kind: 'tool', name: 'f' },
      },
      model,
      { tool_choice: { type: 'tool', name: 'f' } },
      ['reasoning_effort'],
    ],
    [
      'sampling beside thinking',
      { reasoning: { effort: 'low' }, temperature: 0, topP: 0.5, topK: 3 },
      model,
      {},
      ['temperature', 'top_p', 'top_k'],
    ],
    [
      'the SDK’s defaults',
      { temperature: 0, topP: 1, maxOutputTokens: 4096 },
      model,
      { temperature: 0, max_tokens: 4096 },
      [],
    ],
    [
      'a hot temperature and top_p',
      { temperature: 1.5, topP: 0.5 },
      model,
      { temperature: 1 },
      ['temperature', 'top_p'],
    ],
    [
      'more tokens than it gives',
      { maxOutputTokens: 99_999 },
      model,
      { max_tokens: 32_000 },
      ['max_tokens'],
    ],
    ['no tokens named, not streamed', { stream: false }, model, { max_tokens: 16_000 }, []],
    [
      'what only chat has',
      { seed: 1, frequencyPenalty: 1, presencePenalty: 0, logprobs: {} },
      model,
      {},
      ['frequency_penalty', 'seed', 'logprobs'],
    ],
    [
      'some of the tools',
      {
        tools: [
          { kind: 'function', name: 'a' },
          { kind: 'function', name: 'b' },
        ],
        toolChoice: { kind: 'allowed', mode: 'required', names: ['b'] },
      },
      model,
      {
        tools: [{ name: 'b', input_schema: { type: 'object', properties: {} } }],
        tool_choice: { type: 'any' },
      },
      [],
    ],
    [
      'a schema without structured outputs',
      { responseFormat: { kind: 'json-schema', schema: { type: 'object' } } },
      budgetModel,
      { system: [{ type: 'text', text: expect.stringContaining('{"type":"object"}') as never }] },
      ['json_schema'],
    ],
    [
      'JSON mode',
      { responseFormat: { kind: 'json-object' } },
      model,
      { system: [{ type: 'text', text: expect.stringContaining('JSON object') as never }] },
      ['json_object'],
    ],
    [
      'a custom tool',
      {
        tools: [
          {
            kind: 'custom',
            name: 'apply_patch',
            description: 'patches',
            format: { type: 'grammar', syntax: 'lark', definition: 'start: x' },
          },
        ],
      },
      model,
      {
        tools: [
          {
            name: 'apply_patch',
            description: 'patches\n\nThe input follows this lark grammar:\nstart: x',
            input_schema: expect.objectContaining({ required: ['input'] }) as never,
          },
        ],
      },
      ['custom_tools'],
    ],
    ['unknown fields', { extras: [{ name: 'store', value: true }] }, model, {}, ['store']],
  ])('%s', (_, conversation, using, expected, degraded) => {
    const encoded = encode(conversation, using)
    expect(encoded.body).toMatchObject(expected)
    expect(encoded.degraded).toEqual(degraded)
    if (!expected['thinking']) expect(encoded.body).not.toHaveProperty('thinking.budget_tokens')
  })
})
