import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../core/conversation.ts'
import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { ABLE_MODEL } from '../__fixtures__/models.ts'
import { chat, chatWire } from './index.ts'

const path = { params: {}, query: new Map<string, string>() }
const decode = (body: JsonObject): Conversation => chat.decodeRequest(body, path)
const encode = (conversation: Conversation) => chatWire.encodeRequest(conversation, ABLE_MODEL)

const png = 'data:image/png;base64,iVBORw0KGgo='
const everything: JsonObject = {
  model: 'able-model',
  messages: [
    { role: 'system', content: 'Be brief.', copilot_cache_control: { type: 'ephemeral' } },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look:' },
        { type: 'image_url', image_url: { url: png, detail: 'low' } },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
        {
          type: 'file',
          file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
        },
      ],
    },
    {
      role: 'assistant',
      content: null,
      reasoning_text: 'hm',
      reasoning_opaque: 'AAA',
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x": 1}' } },
        { id: 'b', type: 'custom', custom: { name: 'patch', input: '*** Begin' } },
      ],
    },
    { role: 'tool', tool_call_id: 'a', content: 'one' },
    { role: 'tool', tool_call_id: 'b', content: '' },
    { role: 'assistant', content: null, refusal: 'No.' },
    { role: 'user', content: 'Why?' },
  ],
  tools: [
    {
      type: 'function',
      function: {
        name: 'f',
        description: 'F',
        parameters: { type: 'object', properties: {} },
        strict: true,
      },
    },
    {
      type: 'custom',
      custom: {
        name: 'patch',
        format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } },
      },
    },
  ],
  tool_choice: { type: 'function', function: { name: 'f' } },
  parallel_tool_calls: false,
  max_tokens: 100,
  temperature: 0,
  top_p: 1,
  frequency_penalty: 0.5,
  presence_penalty: -0.5,
  seed: 7,
  stop: ['x'],
  n: 1,
  logprobs: true,
  top_logprobs: 2,
  response_format: {
    type: 'json_schema',
    json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
  },
  reasoning_effort: 'low',
  verbosity: 'low',
  user: 'u',
  metadata: { a: 'b' },
  prompt_cache_key: 'k',
  stream: true,
  stream_options: { include_usage: true },
  snippy: { enabled: false },
  logit_bias: { '5': 1 },
}

test('all that the wire has goes to the hub and back', () => {
  const { body, degraded } = encode(decode(everything))
  expect(body).toEqual(everything)
  expect(degraded).toEqual([])
})

test('a part that only this wire knows comes back to it', () => {
  const content = [{ type: 'video_url', video_url: { url: 'x' } }]
  const messages = [{ role: 'user', content }]
  expect(encode(decode({ messages })).body).toMatchObject({ messages })
})

describe('the hub’s words', () => {
  test.each<[string, JsonObject, Partial<Conversation>]>([
    [
      'functions of old',
      { functions: [{ name: 'f' }], function_call: { name: 'f' } },
      { tools: [{ kind: 'function', name: 'f' }], toolChoice: { kind: 'tool', name: 'f' } },
    ],
    ['max_completion_tokens', { max_completion_tokens: 5, max_tokens: 9 }, { maxOutputTokens: 5 }],
    ['stop as a text', { stop: 'x' }, { stop: ['x'] }],
    [
      'thinking as LiteLLM has it',
      { thinking: { type: 'enabled', budget_tokens: 2048 } },
      { reasoning: { budgetTokens: 2048 } },
    ],
    [
      'nulls',
      { temperature: null, tools: null, stop: null, response_format: null, user: null },
      { tools: [] },
    ],
    [
      'allowed tools',
      {
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: {
            mode: 'required',
            tools: [{ type: 'function', function: { name: 'f' } }],
          },
        },
      },
      { toolChoice: { kind: 'allowed', mode: 'required', names: ['f'] } },
    ],
    ['an unknown field', { wild: 1 }, { extras: [{ name: 'wild', value: 1 }] }],
    [
      'an unknown tool',
      { tools: [{ type: 'web_search', depth: 1 }] },
      {
        tools: [
          {
            kind: 'server',
            name: 'web_search',
            origin: 'chat',
            value: { type: 'web_search', depth: 1 },
          },
        ],
      },
    ],
  ])('%s', (_, more, expected) => {
    expect(decode({ messages: [{ role: 'user', content: 'x' }], ...more })).toMatchObject(expected)
  })

  test('a function’s result of old belongs to the call of that name', () => {
    const { turns } = decode({
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: 'y' },
      ],
    })
    expect(turns[1]?.content[0]).toMatchObject({ type: 'tool-call', id: 'call_f', name: 'f' })
    expect(turns[2]?.content[0]).toMatchObject({ type: 'tool-result', id: 'call_f', name: 'f' })
  })

  test('results one after another are one turn; each knows its function', () => {
    const { turns } = decode(everything)
    expect(turns.map((turn) => turn.role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ])
    expect(turns[3]?.content).toMatchObject([{ name: 'f' }, { name: 'patch' }])
  })
})

describe('what the wire cannot hold', () => {
  const base: Conversation = {
    model: 'm',
    turns: [],
    tools: [],
    stream: false,
    includeUsage: false,
    extras: [],
  }

  test('images in results move into a user message behind all results', () => {
    const { body } = encode({
      ...base,
      turns: [
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              id: 'a',
              isError: false,
              content: [
                {
                  type: 'image',
                  source: { kind: 'data', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
                },
              ],
            },
            {
              type: 'tool-result',
              id: 'b',
              isError: true,
              content: [
                { type: 'text', text: 'one' },
                { type: 'text', text: 'two' },
              ],
            },
          ],
        },
      ],
    })
    expect(body['messages']).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'The result is in the next message.' },
      { role: 'tool', tool_call_id: 'b', content: 'one\ntwo' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Result of the tool call a:' },
          { type: 'image_url', image_url: { url: png } },
        ],
      },
    ])
  })

  test('fields of other wires are named, foreign seals left out', () => {
    const { body, degraded } = encode({
      ...base,
      topK: 5,
      extras: [
        { name: 'safetySettings', value: [] },
        { name: 'service_tier', value: 'auto' },
      ],
      turns: [
        {
          role: 'assistant',
          content: [
            {
              type: 'reasoning',
              text: 'secret',
              summary: false,
              sealed: { origin: 'messages', kind: 'signature', data: 'S' },
            },
            { type: 'text', text: 'Hi' },
          ],
        },
      ],
    })
    expect(body).toMatchObject({
      service_tier: 'auto',
      messages: [{ role: 'assistant', content: 'Hi' }],
    })
    expect(JSON.stringify(body)).not.toContain('secret')
    expect(degraded).toEqual(
      expect.arrayContaining(['top_k', 'safetySettings', 'reasoning_messages']),
    )
  })

  test('a budget stays one where the model thinks by budget, else becomes an effort', () => {
    const asked = { ...base, reasoning: { budgetTokens: 20_000 } }
    expect(encode(asked).body).toMatchObject({ thinking_budget: 20_000 })
    const { maxThinkingBudget: _, ...supports } = ABLE_MODEL.supports
    const { body } = chatWire.encodeRequest(asked, { ...ABLE_MODEL, supports })
    expect(body).toMatchObject({ reasoning_effort: 'high' })
  })

  test('at most four cache marks, the latest', () => {
    const marked = (text: string) => ({
      role: 'user' as const,
      content: [{ type: 'text' as const, text, cache: {} }],
    })
    const { body } = encode({
      ...base,
      turns: ['1', '2', '3', '4', '5'].map((text) => marked(text)),
    })
    expect(
      (body['messages'] as JsonObject[]).map((message) => 'copilot_cache_control' in message),
    ).toEqual([false, true, true, true, true])
  })
})

describe('bad input is named', () => {
  const user = { role: 'user', content: 'x' }
  test.each<[string, JsonObject]>([
    ['messages', {}],
    ['messages', { messages: [] }],
    ['messages', { messages: 'hi' }],
    ['messages[0]', { messages: ['hi'] }],
    ['messages[0].role', { messages: [{ content: 'x' }] }],
    ['messages[1].role', { messages: [user, { role: 'robot', content: 'x' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: 5 }] }],
    [
      'messages[0].content[1].type',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }, {}] }] },
    ],
    [
      'messages[0].content[0].image_url.url',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
    ],
    ['messages[0].tool_call_id', { messages: [{ role: 'tool', content: 'x' }] }],
    [
      'messages[0].tool_calls[0].function.name',
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: {} }] }] },
    ],
    ['tools[0].function.name', { messages: [user], tools: [{ type: 'function', function: {} }] }],
    ['tool_choice', { messages: [user], tool_choice: 'f' }],
    ['temperature', { messages: [user], temperature: 'hot' }],
    ['stream', { messages: [user], stream: 'yes' }],
    ['stream_options.include_usage', { messages: [user], stream_options: { include_usage: 1 } }],
    ['response_format.type', { messages: [user], response_format: { type: 'xml' } }],
    ['max_tokens', { messages: [user], max_tokens: 1.5 }],
  ])('%s', (param, body) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ param, status: 400 }) as Error)
  })

  const name = fc.constantFrom(...Object.keys(everything), 'functions', 'function_call')
  const message = fc.dictionary(
    fc.constantFrom(
      'role',
      'content',
      'tool_calls',
      'tool_call_id',
      'name',
      'refusal',
      'reasoning_opaque',
      'function_call',
    ),
    fc.oneof(fc.jsonValue(), fc.constantFrom('user', 'assistant', 'tool', 'system')),
  )
  test('any JSON is a conversation that can be sent, or an error that names a field', () => {
    fc.assert(
      fc.property(fc.dictionary(name, fc.oneof(fc.jsonValue(), fc.array(message))), (body) => {
        try {
          chat.readFacts(body, path)
          encode(decode(body))
        } catch (error) {
          expect(error).toBeInstanceOf(BadRequestError)
          expect((error as BadRequestError).param).toBeTypeOf('string')
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('facts', () => {
  test.each<[string, JsonObject[], 'user' | 'agent', boolean]>([
    ['a person', [{ role: 'user', content: 'x' }], 'user', false],
    [
      'a tool',
      [
        { role: 'user', content: 'x' },
        { role: 'tool', tool_call_id: 'a', content: 'y' },
      ],
      'agent',
      false,
    ],
    ['a model', [{ role: 'assistant', content: 'x' }], 'agent', false],
    [
      'a person after all that',
      [
        { role: 'assistant', content: 'x' },
        { role: 'user', content: [{ type: 'image_url', image_url: { url: png } }] },
      ],
      'user',
      true,
    ],
  ])('%s spoke last', (_, messages, lastTurn, hasImages) => {
    expect(chat.readFacts({ model: 'm', messages, max_tokens: 5 }, path)).toMatchObject({
      model: 'm',
      lastTurn,
      hasImages,
      stream: false,
      maxOutputTokens: 5,
    })
  })
})
