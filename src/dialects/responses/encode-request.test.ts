import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../core/conversation.ts'
import { UnsupportedParamsError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import { decode, model, user } from './__fixtures__/requests.ts'
import { responsesWire, withoutForeignReasoning, withoutItemIds } from './index.ts'

const plainModel: Model = {
  ...model,
  id: 'gpt-4.1',
  supports: { ...model.supports, reasoningEfforts: [] },
}

const encode = (conversation: Partial<Conversation>, using = model) =>
  responsesWire.encodeRequest(
    {
      model: 'm',
      turns: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [],
      stream: true,
      includeUsage: true,
      extras: [],
      ...conversation,
    },
    using,
  )

describe('encoding a request', () => {
  test('what this wire speaks comes back as it was, without ids', () => {
    const body: JsonObject = {
      model: 'gpt-5.4',
      instructions: 'Be brief.',
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'You are.' }] },
        {
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: 'Hi' },
            { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'high' },
            {
              type: 'input_file',
              filename: 'a.pdf',
              file_data: 'data:application/pdf;base64,AA==',
            },
          ],
        },
        {
          type: 'reasoning',
          summary: [{ type: 'summary_text', text: 'A' }],
          encrypted_content: 'gAAA+/=',
        },
        {
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Reading.' }],
        },
        {
          type: 'function_call',
          call_id: 'call_1',
          name: 'read',
          namespace: 'files',
          arguments: '{"p":1}',
        },
        { type: 'custom_tool_call', call_id: 'call_2', name: 'apply_patch', input: '*** x' },
        { type: 'web_search_call', status: 'completed' },
        {
          type: 'function_call_output',
          call_id: 'call_1',
          output: [
            { type: 'input_text', text: 'a' },
            { type: 'input_image', image_url: 'https://example.org/a.png', detail: 'auto' },
          ],
        },
        { type: 'custom_tool_call_output', call_id: 'call_2', output: 'ok' },
      ],
      tools: [
        {
          type: 'function',
          name: 'f',
          description: 'd',
          parameters: { type: 'object' },
          strict: true,
        },
        { type: 'custom', name: 'apply_patch', format: { type: 'text' } },
        {
          type: 'namespace',
          name: 'files',
          tools: [
            {
              type: 'function',
              name: 'read',
              parameters: { type: 'object', properties: {} },
              strict: false,
            },
          ],
        },
        { type: 'web_search' },
      ],
      tool_choice: { type: 'function', name: 'read', namespace: 'files' },
      parallel_tool_calls: true,
      max_output_tokens: 100,
      reasoning: { effort: 'high', summary: 'auto' },
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
      top_logprobs: 3,
      text: {
        format: { type: 'json_schema', name: 'n', schema: {}, strict: true },
        verbosity: 'low',
      },
      user: 'u',
      prompt_cache_key: 'session',
      metadata: { a: 'b' },
      store: false,
      stream: true,
      client_metadata: { a: 'b' },
      truncation: 'auto',
    }
    const withIds = {
      ...body,
      input: (body['input'] as JsonObject[]).map((item, index) =>
        Object.assign({ id: `x_${index}` }, item),
      ),
    }
    expect(responsesWire.encodeRequest(decode(withIds), model)).toEqual({ body, degraded: [] })
  })

  test.each<[string, Partial<Conversation>, Model, JsonObject, string[]]>([
    [
      'an effort the model has not',
      { reasoning: { effort: 'max' } },
      model,
      { reasoning: { effort: 'high' } },
      [],
    ],
    [
      'a budget',
      { reasoning: { budgetTokens: 9000, summary: 'auto' } },
      model,
      { reasoning: { effort: 'medium', summary: 'auto' } },
      ['reasoning_budget'],
    ],
    [
      'an effort of a model that does not reason',
      { reasoning: { effort: 'high' } },
      plainModel,
      {},
      ['reasoning_effort'],
    ],
    [
      'sampling of a model that reasons',
      { temperature: 0, topP: 0.5, topK: 1 },
      model,
      {},
      ['top_k', 'temperature', 'top_p'],
    ],
    [
      'the SDK’s defaults',
      { temperature: 0, topP: 1, maxOutputTokens: 4096 },
      plainModel,
      { temperature: 0, max_output_tokens: 4096 },
      [],
    ],
    ['one token', { maxOutputTokens: 1 }, model, { max_output_tokens: 16 }, ['max_tokens']],
    ['a long user', { user: 'u'.repeat(65) }, model, {}, ['user']],
    [
      'a long cache key',
      { cacheKey: `${'a'.repeat(64)}b` },
      model,
      { prompt_cache_key: `${'a'.repeat(63)}b` },
      [],
    ],
    [
      'what only chat has',
      { seed: 1, stop: ['x'], frequencyPenalty: 1, presencePenalty: 1 },
      model,
      {},
      ['frequency_penalty', 'presence_penalty', 'seed', 'stop'],
    ],
    [
      'JSON mode',
      { responseFormat: { kind: 'json-object' } },
      model,
      { text: { format: { type: 'json_object' } } },
      [],
    ],
    [
      'a choice among some',
      {
        tools: [{ kind: 'function', name: 'a' }],
        toolChoice: { kind: 'allowed', mode: 'required', names: ['a'] },
      },
      model,
      {
        tool_choice: {
          type: 'allowed_tools',
          mode: 'required',
          tools: [{ type: 'function', name: 'a' }],
        },
      },
      [],
    ],
    ['unknown fields', { extras: [{ name: 'top_a', value: 1 }] }, model, {}, ['top_a']],
  ])('%s', (_, conversation, using, expected, degraded) => {
    const encoded = encode(conversation, using)
    expect(encoded.body).toMatchObject(expected)
    expect(encoded.degraded).toEqual(degraded)
    if (!expected['temperature']) expect(encoded.body['temperature']).toBe(expected['temperature'])
  })

  test('thinking of other wires is left out and named; results say no error', () => {
    const { body, degraded } = encode({
      turns: [
        { role: 'user', content: [{ type: 'text', text: 'Hi', cache: {} }] },
        {
          role: 'assistant',
          content: [
            {
              type: 'reasoning',
              text: 'x',
              summary: false,
              sealed: { origin: 'messages', kind: 'signature', data: 'EqQB' },
            },
            {
              type: 'tool-call',
              id: `${'x'.repeat(70)}1`,
              name: 'f',
              input: { kind: 'json', text: '' },
            },
          ],
        },
        {
          role: 'tool',
          content: [{ type: 'tool-result', id: `${'x'.repeat(70)}1`, content: [], isError: true }],
        },
      ],
    })
    expect(body['input']).toEqual([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
      { type: 'function_call', call_id: `${'x'.repeat(63)}1`, name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: `${'x'.repeat(63)}1`, output: '' },
    ])
    expect(degraded).toEqual(['tool_error', 'reasoning_messages', 'cache_control'])
  })

  test.each<[Partial<Conversation>, string]>([
    [{ candidates: 2 }, 'n'],
    [
      {
        tools: [
          {
            kind: 'server',
            name: 'web_search',
            origin: 'messages',
            value: { type: 'web_search_20250305' },
          },
        ],
      },
      'tools',
    ],
  ])('refuses %j', (conversation, param) => {
    expect(() => encode(conversation)).toThrow(UnsupportedParamsError)
    expect(() => encode(conversation)).toThrow(expect.objectContaining({ param }))
  })
})

test('ids of items are dropped, references keep theirs', () => {
  const reference = { type: 'item_reference', id: 'msg_1' }
  expect(withoutItemIds([{ type: 'reasoning', id: 'rs_1', summary: [] }, reference, user])).toEqual(
    [{ type: 'reasoning', summary: [] }, reference, user],
  )
  const none = [user, reference]
  expect(withoutItemIds(none)).toBe(none)
  expect(withoutItemIds('Hi')).toBe('Hi')
})

test('reasoning made elsewhere is taken out of what is relayed', () => {
  const own = { type: 'reasoning', summary: [], encrypted_content: 'gAAA' }
  const wrapped = {
    type: 'reasoning',
    summary: [],
    encrypted_content: 'jetway.messages.signature.EqQB',
  }
  expect(withoutForeignReasoning([user, wrapped, own])).toEqual([user, own])
  const fine = [user, own, { type: 'reasoning', summary: [], encrypted_content: null }]
  expect(withoutForeignReasoning(fine)).toBe(fine)
})
