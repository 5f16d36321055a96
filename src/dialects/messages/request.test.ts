import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../core/conversation.ts'
import { BadRequestError, UnsupportedParamsError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import {
  messages,
  messagesCountTokens,
  messagesWire,
  withoutBillingHeader,
  withoutForeignThinking,
} from './index.ts'

const path = { params: {}, query: new Map<string, string>() }
const facts = (body: JsonObject) => messages.readFacts({ max_tokens: 9, ...body }, path)
const decode = (body: JsonObject): Conversation => messages.decodeRequest(body, path)

const model: Model = {
  id: 'claude-opus-4.6',
  name: 'Claude Opus 4.6',
  vendor: 'Anthropic',
  kind: 'chat',
  wires: ['messages', 'chat'],
  webSocket: false,
  limits: { contextTokens: 200_000, outputTokens: 32_000, nonStreamingOutputTokens: 16_000 },
  supports: {
    streaming: true,
    toolCalls: true,
    parallelToolCalls: true,
    vision: true,
    structuredOutputs: true,
    dimensions: false,
    reasoningEfforts: ['low', 'medium', 'high'],
    adaptiveThinking: true,
    minThinkingBudget: 1024,
    maxThinkingBudget: 32_000,
  },
  pickerEnabled: true,
  preview: false,
  raw: {},
}
const budgetModel: Model = {
  ...model,
  supports: {
    ...model.supports,
    adaptiveThinking: false,
    reasoningEfforts: [],
    structuredOutputs: false,
  },
}

const encode = (conversation: Partial<Conversation>, using = model) =>
  messagesWire.encodeRequest(
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

const user = (content: JsonObject['x']): JsonObject => ({ role: 'user', content })
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'done' }
const billing = {
  type: 'text',
  text: 'x-anthropic-billing-header: cc_version=2.1; cc_entrypoint=cli;',
}

describe('facts', () => {
  test.each<[string, JsonObject, string]>([
    ['a question', { messages: [user('Hi')] }, 'user'],
    ['a question in blocks', { messages: [user([{ type: 'text', text: 'Hi' }])] }, 'user'],
    [
      'a follow-up',
      { messages: [user('Hi'), { role: 'assistant', content: 'Yes' }, user('And?')] },
      'user',
    ],
    ['tool results', { messages: [user([result])] }, 'agent'],
    [
      'tool results and a word',
      { messages: [user([result, { type: 'text', text: 'Also…' }])] },
      'user',
    ],
    [
      'tool results and a reminder',
      {
        messages: [
          user([result, { type: 'text', text: '<system-reminder>Be brief.</system-reminder>' }]),
        ],
      },
      'agent',
    ],
    [
      'a system message after the question',
      { messages: [user('Hi'), { role: 'system', content: 'x' }] },
      'user',
    ],
    [
      'a system message after results',
      { messages: [user([result]), { role: 'system', content: 'x' }] },
      'agent',
    ],
    [
      'an assistant turn to continue',
      { messages: [user('Hi'), { role: 'assistant', content: '{' }] },
      'agent',
    ],
    [
      'a title',
      {
        system: [billing],
        output_config: { format: { type: 'json_schema', schema: {} } },
        messages: [user('Hi')],
      },
      'agent',
    ],
    [
      'a question of a program with a schema',
      { output_config: { format: { type: 'json_schema', schema: {} } }, messages: [user('Hi')] },
      'user',
    ],
    ['a count by asking', { system: [billing], max_tokens: 1, messages: [user('Hi')] }, 'agent'],
    [
      'a search for the model',
      {
        tools: [{ type: 'web_search_20250305', name: 'web_search' }],
        tool_choice: { type: 'tool', name: 'web_search' },
        messages: [user('find')],
      },
      'agent',
    ],
  ])('%s', (_, body, who) => {
    expect(facts(body)).toMatchObject({ lastTurn: who, hasImages: false, model: '', stream: false })
  })

  test('images are seen also in tool results', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } }
    expect(facts({ messages: [user([image])] }).hasImages).toBe(true)
    expect(facts({ messages: [user([{ ...result, content: [image] }])] }).hasImages).toBe(true)
  })

  test.each<[JsonObject, string]>([
    [{ model: 'm' }, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: 'Hi' }, 'messages'],
    [{ messages: [user('Hi')], model: 5 }, 'model'],
    [{ messages: [user('Hi')], stream: 'yes' }, 'stream'],
    [{ messages: [user('Hi')], max_tokens: 'many' }, 'max_tokens'],
    [{ messages: [user('Hi')], max_tokens: null }, 'max_tokens'],
    [{ messages: [user('Hi')], temperature: 'hot' }, 'temperature'],
    [{ messages: [user('Hi')], top_k: '5' }, 'top_k'],
    [{ messages: [user('Hi')], stop_sequences: 'stop' }, 'stop_sequences'],
    [{ messages: [user('Hi')], stop_sequences: [5] }, 'stop_sequences[0]'],
    [{ messages: [user('Hi')], tools: [], tool_choice: { type: 'maybe' } }, 'tool_choice.type'],
  ])('%j names the field', (body, param) => {
    expect(() => facts(body)).toThrow(expect.objectContaining({ name: 'BadRequestError', param }))
  })

  test('a count of tokens needs no limit', () => {
    const body = { messages: [user('Hi')] }
    expect(messagesCountTokens.readFacts(body, path).maxOutputTokens).toBeUndefined()
  })
})

describe('what Anthropic refuses is refused for every model', () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png' } }
  test.each<[string, JsonObject]>([
    ['messages[0].content[0].type', { messages: [user([{ type: 'smell' }])] }],
    ['messages[0].content[0].source.data', { messages: [user([image])] }],
    [
      'messages[0].content[0].source.url',
      { messages: [user([{ type: 'document', source: { type: 'url' } }])] },
    ],
    ['messages[0].content[0].source', { messages: [user([{ type: 'image' }])] }],
    [
      'messages[0].content[0].content[0].type',
      {
        messages: [user([{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'smell' }] }])],
      },
    ],
    ['stop_sequences', { messages: [user('Hi')], stop_sequences: 'stop' }],
    ['tools[0].input_schema', { messages: [user('Hi')], tools: [{ name: 'look' }] }],
  ])('%s', (param, body) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ name: 'BadRequestError', param }))
  })

  test.each([
    'server_tool_use',
    'web_fetch_tool_result',
    'mcp_tool_use',
    'next_years_tool_result',
    'search_result',
    'container_upload',
  ])('a block %s of Anthropic’s own is no mistake', (type) => {
    const { turns } = decode({ messages: [user([{ type }])] })
    expect(turns).toMatchObject([{ content: [{ type: 'opaque', value: { type } }] }])
  })

  test('a file by its id is no mistake', () => {
    const source = { type: 'file', file_id: 'f' }
    const { turns } = decode({ messages: [user([{ type: 'image', source }])] })
    expect(turns).toMatchObject([{ content: [{ type: 'opaque' }] }])
  })
})

describe('decoding a request', () => {
  test('everything Claude Code sends', () => {
    const conversation = decode({
      model: 'claude-opus-4-8',
      max_tokens: 32_000,
      stream: true,
      temperature: 1,
      top_k: 5,
      stop_sequences: ['END'],
      system: [billing, { type: 'text', text: 'You are.', cache_control: { type: 'ephemeral' } }],
      metadata: { user_id: 'u' },
      thinking: { type: 'enabled', budget_tokens: 31_999 },
      output_config: {
        effort: 'high',
        format: { type: 'json_schema', schema: { type: 'object' } },
      },
      context_management: { edits: [] },
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      tools: [
        {
          name: 'Read',
          description: 'reads',
          input_schema: { type: 'object' },
          cache_control: { type: 'ephemeral', ttl: '1h' },
          eager_input_streaming: true,
          defer_loading: true,
        },
        { type: 'web_search_20250305', name: 'web_search', max_uses: 8 },
      ],
      messages: [
        user('Hi'),
        { role: 'system', content: 'Between.' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
            { type: 'redacted_thinking', data: 'cmVk' },
            { type: 'redacted_thinking', data: 'jetway.chat.opaque.b3A=' },
            { type: 'text', text: 'Reading.' },
            { type: 'tool_use', id: 'toolu_1', name: 'Read', input: { path: 'a' } },
            { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
          ],
        },
        user([
          { type: 'text', text: 'And' },
          {
            type: 'tool_result',
            tool_use_id: 'toolu_1',
            is_error: true,
            content: [
              { type: 'text', text: 'no such file' },
              { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AA==' } },
              { type: 'tool_reference', tool_name: 'Write' },
            ],
            cache_control: { type: 'ephemeral' },
          },
          { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
          {
            type: 'document',
            title: 'a.pdf',
            source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' },
          },
        ]),
      ],
    })
    expect(conversation).toEqual({
      model: 'claude-opus-4-8',
      maxOutputTokens: 32_000,
      temperature: 1,
      topK: 5,
      stop: ['END'],
      stream: true,
      includeUsage: true,
      user: 'u',
      reasoning: { effort: 'high', budgetTokens: 31_999, summary: 'auto', includeSealed: true },
      responseFormat: { kind: 'json-schema', schema: { type: 'object' }, strict: false },
      parallelToolCalls: false,
      toolChoice: { kind: 'required' },
      tools: [
        {
          kind: 'function',
          name: 'Read',
          description: 'reads',
          parameters: { type: 'object' },
          cache: { ttl: '1h' },
        },
        {
          kind: 'server',
          name: 'web_search',
          origin: 'messages',
          value: { type: 'web_search_20250305', name: 'web_search', max_uses: 8 },
        },
      ],
      turns: [
        {
          role: 'system',
          author: 'system',
          content: [{ type: 'text', text: 'You are.', cache: {} }],
        },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        { role: 'system', author: 'system', content: [{ type: 'text', text: 'Between.' }] },
        {
          role: 'assistant',
          content: [
            {
              type: 'reasoning',
              text: 'Hm.',
              summary: false,
              sealed: { origin: 'messages', kind: 'signature', data: 'c2ln' },
            },
            {
              type: 'reasoning',
              text: '',
              summary: false,
              sealed: { origin: 'messages', kind: 'redacted', data: 'cmVk' },
            },
            {
              type: 'reasoning',
              text: '',
              summary: false,
              sealed: { origin: 'chat', kind: 'opaque', data: 'b3A=' },
            },
            { type: 'text', text: 'Reading.' },
            {
              type: 'tool-call',
              id: 'toolu_1',
              name: 'Read',
              input: { kind: 'json', text: '{"path":"a"}' },
            },
            {
              type: 'opaque',
              origin: 'messages',
              value: { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
            },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              id: 'toolu_1',
              isError: true,
              cache: {},
              content: [
                { type: 'text', text: 'no such file' },
                { type: 'image', source: { kind: 'data', mediaType: 'image/jpeg', data: 'AA==' } },
                { type: 'text', text: '{"type":"tool_reference","tool_name":"Write"}' },
              ],
            },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And' },
            { type: 'image', source: { kind: 'url', url: 'https://example.org/a.png' } },
            {
              type: 'document',
              filename: 'a.pdf',
              source: { kind: 'data', mediaType: 'application/pdf', data: 'AA==' },
            },
          ],
        },
      ],
      extras: [
        { name: 'context_management', value: { edits: [] } },
        { name: 'system.billing_header', value: true },
        { name: 'tools.defer_loading', value: true },
      ],
    } satisfies Conversation)
  })

  test.each<[JsonObject, Conversation['reasoning']]>([
    [{ type: 'adaptive' }, { adaptive: true, summary: 'auto', includeSealed: true }],
    [
      { type: 'adaptive', display: 'omitted' },
      { adaptive: true, includeSealed: true },
    ],
    [{ type: 'disabled' }, { disabled: true }],
    [{ type: 'enabled', budget_tokens: -1 }, { disabled: true }],
    [
      { type: 'enabled', budget_tokens: 1024 },
      { budgetTokens: 1024, summary: 'auto', includeSealed: true },
    ],
  ])('thinking %j', (thinking, reasoning) => {
    expect(decode({ messages: [user('Hi')], thinking }).reasoning).toEqual(reasoning)
  })

  test.each<[JsonObject, string]>([
    [{ messages: ['Hi'] }, 'messages[0]'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [user(5)] }, 'messages[0].content'],
    [{ messages: [user([{ text: 'x' }])] }, 'messages[0].content[0].type'],
    [{ messages: [user([{ type: 'text' }])] }, 'messages[0].content[0].text'],
    [{ messages: [user([{ ...result, content: [7] }])] }, 'messages[0].content[0].content[0]'],
    [{ messages: [user('x')], tools: [{}] }, 'tools[0].name'],
    [{ messages: [user('x')], tools: {} }, 'tools'],
    [{ messages: [user('x')], tool_choice: { type: 'some' } }, 'tool_choice.type'],
    [{ messages: [user('x')], temperature: '1' }, 'temperature'],
    [{ messages: [user('x')], thinking: true }, 'thinking'],
  ])('%j names what is wrong', (body, param) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ name: 'BadRequestError', param }))
  })

  test('any JSON: a conversation that can be encoded, or a BadRequestError', () => {
    const block = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          type: fc.constantFrom(
            'text',
            'image',
            'document',
            'tool_use',
            'tool_result',
            'thinking',
            '__proto__',
          ),
          text: fc.oneof(fc.string(), fc.jsonValue()),
          id: fc.string(),
          name: fc.string(),
          input: fc.jsonValue(),
          tool_use_id: fc.string(),
          content: fc.jsonValue(),
          source: fc.jsonValue(),
        },
        { requiredKeys: ['type'] },
      ),
    )
    const message = fc.record({
      role: fc.constantFrom('user', 'assistant', 'system'),
      content: fc.oneof(fc.string(), fc.array(block)),
    })
    const body = fc.record(
      {
        model: fc.jsonValue(),
        messages: fc.oneof(fc.array(message), fc.jsonValue()),
        system: fc.jsonValue(),
        tools: fc.jsonValue(),
        thinking: fc.jsonValue(),
        stop_sequences: fc.jsonValue(),
        metadata: fc.jsonValue(),
      },
      { requiredKeys: ['messages'] },
    )
    fc.assert(
      fc.property(body, (json) => {
        for (const read of [
          () => facts(json),
          () => messagesWire.encodeRequest(decode(json), model),
        ]) {
          try {
            JSON.stringify(read())
          } catch (error) {
            expect(error).toBeInstanceOf(BadRequestError)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('encoding a request', () => {
  test('what this wire speaks comes back as it was', () => {
    const body: JsonObject = {
      model: 'claude-opus-4.6',
      max_tokens: 1000,
      system: [{ type: 'text', text: 'You are.', cache_control: { type: 'ephemeral' } }],
      messages: [
        user([{ type: 'text', text: 'Hi' }]),
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
            { type: 'redacted_thinking', data: 'cmVk' },
            { type: 'tool_use', id: 'toolu_1', name: 'Read', input: { path: 'a' } },
          ],
        },
        user([
          {
            type: 'tool_result',
            tool_use_id: 'toolu_1',
            content: [{ type: 'text', text: 'x' }],
            is_error: true,
          },
          { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
          {
            type: 'document',
            source: { type: 'text', media_type: 'text/plain', data: 'abc' },
            title: 'a.txt',
          },
        ]),
      ],
      tools: [
        {
          name: 'Read',
          description: 'reads',
          input_schema: { type: 'object' },
          cache_control: { type: 'ephemeral' },
        },
      ],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: {
        effort: 'high',
        format: { type: 'json_schema', schema: { type: 'object' } },
      },
      stop_sequences: ['END'],
      metadata: { user_id: 'u' },
      stream: true,
      context_management: { edits: [] },
    }
    expect(messagesWire.encodeRequest(decode(body), model)).toEqual({ body, degraded: [] })
  })

  test('turns of one side are joined, results first, system between turns marked', () => {
    const { body, degraded } = encode({
      turns: [
        { role: 'system', author: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', content: [{ type: 'text', text: 'Go' }] },
        {
          role: 'assistant',
          content: [
            { type: 'tool-call', id: 'call:1', name: 'f', input: { kind: 'json', text: '' } },
          ],
        },
        { role: 'system', author: 'system', content: [{ type: 'text', text: 'Note.' }] },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              id: 'call:1',
              content: [{ type: 'text', text: ' ' }],
              isError: false,
            },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'And?' }] },
      ],
    })
    expect(body['system']).toEqual([{ type: 'text', text: 'Be brief.' }])
    expect(body['messages']).toEqual([
      user([{ type: 'text', text: 'Go' }]),
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'f', input: {} }] },
      user([
        { type: 'tool_result', tool_use_id: 'call_1' },
        { type: 'text', text: '<system-reminder>\nNote.\n</system-reminder>' },
        { type: 'text', text: 'And?' },
      ]),
    ])
    expect(degraded).toEqual(['late_system'])
  })

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

  test('thinking of other wires is left out and named', () => {
    const { body, degraded } = encode({
      turns: [
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        {
          role: 'assistant',
          content: [
            {
              type: 'reasoning',
              text: 'x',
              summary: true,
              sealed: { origin: 'responses', kind: 'encrypted', data: 'gAAA' },
            },
            { type: 'text', text: 'Yes' },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'And?' }] },
      ],
    })
    expect(JSON.stringify(body)).not.toContain('gAAA')
    expect(degraded).toEqual(['reasoning_responses'])
  })

  test('of five cache marks the first goes', () => {
    const cached = { type: 'text', text: 'x', cache: {} } as const
    const { body, degraded } = encode({
      turns: [
        { role: 'system', author: 'system', content: [cached] },
        { role: 'user', content: [cached, cached, cached, cached] },
      ],
    })
    expect(body['system']).toEqual([{ type: 'text', text: 'x' }])
    expect(JSON.stringify(body).match(/cache_control/g)).toHaveLength(4)
    expect(degraded).toContain('cache_control')
  })

  test('an agent’s conversation without marks gets two, so that the next turn is cheap', () => {
    const { body } = encode({
      tools: [{ kind: 'function', name: 'f' }],
      turns: [
        { role: 'system', author: 'system', content: [{ type: 'text', text: 'x' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ],
    })
    const cache_control = { type: 'ephemeral' }
    expect(body['system']).toEqual([{ type: 'text', text: 'x', cache_control }])
    expect(body['messages']).toEqual([
      user([
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b', cache_control },
      ]),
    ])
    expect(JSON.stringify(encode({}).body)).not.toContain('cache_control')
  })

  test.each<[Partial<Conversation>, string]>([
    [{ candidates: 2 }, 'n'],
    [
      {
        turns: [
          {
            role: 'user',
            content: [
              { type: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: 'AA' } },
            ],
          },
        ],
      },
      'messages',
    ],
    [
      {
        tools: [
          {
            kind: 'server',
            name: 'web_search',
            origin: 'responses',
            value: { type: 'web_search' },
          },
        ],
      },
      'tools',
    ],
  ])('refuses %j', (conversation, param) => {
    expect(() => encode(conversation)).toThrow(UnsupportedParamsError)
    expect(() => encode(conversation)).toThrow(expect.objectContaining({ param }))
  })

  test('a server tool that is only offered beside others is left out and named', () => {
    const search = {
      kind: 'server',
      name: 'web_search',
      origin: 'responses',
      value: { type: 'web_search' },
    } as const
    const { body, degraded } = encode({ tools: [{ kind: 'function', name: 'f' }, search] })
    expect(body['tools']).toHaveLength(1)
    expect(degraded).toEqual(['server_tools_responses'])
  })
})

test('the attribution line can be taken off a system prompt', () => {
  const text = { type: 'text', text: 'You are.' }
  expect(withoutBillingHeader([billing, text])).toEqual([text])
  expect(withoutBillingHeader([billing])).toBeUndefined()
  const untouched = [text]
  expect(withoutBillingHeader(untouched)).toBe(untouched)
  expect(withoutBillingHeader('You are.')).toBe('You are.')
})

test('thinking made elsewhere is taken out of what is relayed', () => {
  const own = { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' }
  const wrapped = { type: 'redacted_thinking', data: 'jetway.responses.encrypted.gAAA' }
  const unsigned = { type: 'thinking', thinking: 'Hm.', signature: '' }
  const assistant = (...content: JsonObject[]): JsonObject => ({ role: 'assistant', content })
  expect(
    withoutForeignThinking([user('Hi'), assistant(wrapped, own), assistant(unsigned), user('x')]),
  ).toEqual([user('Hi'), assistant(own), user('x')])
  const fine = [user('Hi'), assistant(own)]
  expect(withoutForeignThinking(fine)).toBe(fine)
  expect(withoutForeignThinking('x')).toBe('x')
})
