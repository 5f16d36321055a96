import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../core/conversation.ts'
import { BadRequestError, UnsupportedParamsError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import { responses, responsesWire, withoutForeignReasoning, withoutItemIds } from './index.ts'

const path = { params: {}, query: new Map<string, string>() }
const facts = (body: JsonObject) => responses.readFacts(body, path)
const decode = (body: JsonObject): Conversation => {
  const conversation = responses.decodeRequest(body, path)
  return JSON.parse(JSON.stringify(conversation)) as Conversation
}

const model: Model = {
  id: 'gpt-5.4',
  name: 'GPT-5.4',
  vendor: 'OpenAI',
  kind: 'chat',
  wires: ['responses'],
  webSocket: true,
  limits: { outputTokens: 128_000 },
  supports: {
    streaming: true,
    toolCalls: true,
    parallelToolCalls: true,
    vision: true,
    structuredOutputs: true,
    dimensions: false,
    reasoningEfforts: ['low', 'medium', 'high'],
    adaptiveThinking: false,
  },
  pickerEnabled: true,
  preview: false,
  raw: {},
}
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

const user = { role: 'user', content: 'Hi' }
const output = { type: 'function_call_output', call_id: 'call_1', output: 'done' }

describe('facts', () => {
  test.each<[string, JsonObject, string]>([
    ['a text', { input: 'Hi' }, 'user'],
    ['a message without type', { input: [user] }, 'user'],
    [
      'a result',
      {
        input: [
          user,
          { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
          output,
        ],
      },
      'agent',
    ],
    [
      'an instruction behind the question',
      { input: [user, { role: 'developer', content: 'x' }] },
      'user',
    ],
    ['reasoning', { input: [user, { type: 'reasoning', summary: [] }] }, 'agent'],
    ['instructions alone', { input: [{ role: 'developer', content: 'x' }] }, 'agent'],
  ])('%s', (_, body, who) => {
    expect(facts(body)).toMatchObject({ lastTurn: who, hasImages: false, model: '', stream: false })
  })

  test('images are seen also in results', () => {
    const image = { type: 'input_image', image_url: 'data:image/png;base64,AA' }
    expect(facts({ input: [{ role: 'user', content: [image] }] }).hasImages).toBe(true)
    expect(facts({ input: [{ ...output, output: [image] }] }).hasImages).toBe(true)
  })

  test.each<[JsonObject, string]>([
    [{}, 'input'],
    [{ input: [] }, 'input'],
    [{ input: 'Hi', model: 1 }, 'model'],
    [{ input: 'Hi', stream: 1 }, 'stream'],
  ])('%j names the field', (body, param) => {
    expect(() => facts(body)).toThrow(expect.objectContaining({ name: 'BadRequestError', param }))
  })
})

describe('decoding a request', () => {
  test('everything Codex sends', () => {
    expect(
      decode({
        model: 'gpt-5.5',
        stream: true,
        store: false,
        instructions: 'Be brief.',
        include: ['reasoning.encrypted_content', 'file_search_call.results'],
        prompt_cache_key: 'session',
        reasoning: { effort: 'high', summary: 'auto', context: 'all_turns' },
        text: {
          verbosity: 'low',
          format: { type: 'json_schema', name: 'n', schema: {}, strict: true },
        },
        parallel_tool_calls: false,
        max_output_tokens: 100,
        tool_choice: {
          type: 'allowed_tools',
          mode: 'auto',
          tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }],
        },
        client_metadata: { a: 'b' },
        truncation: 'disabled',
        safety_identifier: 'u',
        tools: [
          {
            type: 'function',
            name: 'f',
            description: 'd',
            parameters: { type: 'object' },
            strict: false,
          },
          {
            type: 'custom',
            name: 'apply_patch',
            format: { type: 'grammar', syntax: 'lark', definition: 'x' },
          },
          {
            type: 'namespace',
            name: 'files',
            tools: [
              { type: 'function', name: 'read' },
              { type: 'custom', name: 'exec' },
            ],
          },
          { type: 'local_shell' },
          { type: 'web_search', external_web_access: true },
        ],
        input: [
          {
            type: 'additional_tools',
            role: 'developer',
            tools: [{ type: 'function', name: 'late' }],
          },
          {
            type: 'message',
            role: 'developer',
            content: [{ type: 'input_text', text: 'You are.' }],
          },
          {
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
            id: 'rs_1',
            summary: [
              { type: 'summary_text', text: 'A' },
              { type: 'summary_text', text: 'B' },
            ],
            content: null,
            encrypted_content: 'gAAA+/=',
          },
          { type: 'reasoning', summary: [], encrypted_content: 'jetway.messages.signature.EqQB' },
          {
            type: 'message',
            role: 'assistant',
            id: 'msg_1',
            status: 'completed',
            content: [{ type: 'output_text', text: 'Reading.' }],
          },
          {
            type: 'function_call',
            id: 'fc_1',
            call_id: 'call_1',
            name: 'read',
            namespace: 'files',
            arguments: '{"p":1}',
          },
          { type: 'custom_tool_call', call_id: 'call_2', name: 'apply_patch', input: '*** x' },
          {
            type: 'local_shell_call',
            id: 'lsh_1',
            call_id: 'call_3',
            action: { type: 'exec', command: ['ls'] },
          },
          { type: 'web_search_call', id: 'ws_1' },
          {
            ...output,
            output: [
              { type: 'input_text', text: 'a' },
              { type: 'input_image', image_url: 'https://example.org/a.png' },
              { type: 'strange', x: 1 },
            ],
          },
          { type: 'custom_tool_call_output', call_id: 'call_2', output: 'ok' },
          { type: 'local_shell_call_output', id: 'call_3', output: '{"stdout":""}' },
          { role: 'user', content: 'And?' },
        ],
      }),
    ).toEqual({
      model: 'gpt-5.5',
      stream: true,
      includeUsage: true,
      cacheKey: 'session',
      user: 'u',
      verbosity: 'low',
      maxOutputTokens: 100,
      parallelToolCalls: false,
      reasoning: { effort: 'high', summary: 'auto', includeSealed: true },
      responseFormat: { kind: 'json-schema', name: 'n', schema: {}, strict: true },
      toolChoice: { kind: 'allowed', mode: 'auto', names: ['f', 'web_search'] },
      tools: [
        {
          kind: 'function',
          name: 'f',
          description: 'd',
          parameters: { type: 'object' },
          strict: false,
        },
        {
          kind: 'custom',
          name: 'apply_patch',
          format: { type: 'grammar', syntax: 'lark', definition: 'x' },
        },
        { kind: 'function', name: 'read', namespace: 'files' },
        { kind: 'custom', name: 'exec', namespace: 'files' },
        expect.objectContaining({ kind: 'function', name: 'local_shell' }),
        {
          kind: 'server',
          name: 'web_search',
          origin: 'responses',
          value: { type: 'web_search', external_web_access: true },
        },
        { kind: 'function', name: 'late' },
      ],
      turns: [
        { role: 'system', author: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'system', author: 'developer', content: [{ type: 'text', text: 'You are.' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hi' },
            {
              type: 'image',
              source: { kind: 'data', mediaType: 'image/png', data: 'AA==' },
              detail: 'high',
            },
            {
              type: 'document',
              source: { kind: 'data', mediaType: 'application/pdf', data: 'AA==' },
              filename: 'a.pdf',
            },
          ],
        },
        {
          role: 'assistant',
          content: [
            {
              type: 'reasoning',
              id: 'rs_1',
              text: 'A\n\nB',
              summary: true,
              sealed: { origin: 'responses', kind: 'encrypted', data: 'gAAA+/=' },
            },
            {
              type: 'reasoning',
              text: '',
              summary: false,
              sealed: { origin: 'messages', kind: 'signature', data: 'EqQB' },
            },
            { type: 'text', text: 'Reading.' },
            {
              type: 'tool-call',
              id: 'call_1',
              itemId: 'fc_1',
              name: 'read',
              namespace: 'files',
              input: { kind: 'json', text: '{"p":1}' },
            },
            {
              type: 'tool-call',
              id: 'call_2',
              name: 'apply_patch',
              input: { kind: 'text', text: '*** x' },
            },
            {
              type: 'tool-call',
              id: 'call_3',
              itemId: 'lsh_1',
              name: 'local_shell',
              input: { kind: 'json', text: '{"command":["ls"]}' },
            },
            { type: 'opaque', origin: 'responses', value: { type: 'web_search_call', id: 'ws_1' } },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              id: 'call_1',
              isError: false,
              content: [
                { type: 'text', text: 'a' },
                { type: 'image', source: { kind: 'url', url: 'https://example.org/a.png' } },
                { type: 'text', text: '{"type":"strange","x":1}' },
              ],
            },
            {
              type: 'tool-result',
              id: 'call_2',
              isError: false,
              custom: true,
              content: [{ type: 'text', text: 'ok' }],
            },
            {
              type: 'tool-result',
              id: 'call_3',
              isError: false,
              content: [{ type: 'text', text: '{"stdout":""}' }],
            },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'And?' }] },
      ],
      extras: [
        { name: 'client_metadata', value: { a: 'b' } },
        { name: 'include.file_search_call.results', value: true },
        { name: 'reasoning.context', value: 'all_turns' },
      ],
    })
  })

  test('an empty seal is kept, an absent one is none', () => {
    const sealOf = (encrypted_content: string | null) =>
      decode({ input: [{ type: 'reasoning', summary: [], encrypted_content }] }).turns[0]
        ?.content[0]
    expect(sealOf('')).toMatchObject({ sealed: { origin: 'responses', data: '' } })
    expect(sealOf(null)).not.toHaveProperty('sealed')
  })

  test.each<[JsonObject, string]>([
    [{ input: 5 }, 'input'],
    [{ input: ['x'] }, 'input[0]'],
    [{ input: [{ role: 'tool', content: 'x' }] }, 'input[0].role'],
    [{ input: [{ role: 'user', content: [{ type: 'video' }] }] }, 'input[0].content[0].type'],
    [
      { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] },
      'input[0].content[0].image_url',
    ],
    [{ input: [{ type: 'function_call', name: 'f' }] }, 'input[0].call_id'],
    [{ input: [{ type: 'function_call_output', output: '' }] }, 'input[0].call_id'],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0].id'],
    [{ input: 'x', previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ input: 'x', conversation: 'conv_1' }, 'conversation'],
    [{ input: 'x', background: true }, 'background'],
    [{ input: 'x', tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ input: 'x', tools: [{}] }, 'tools[0].type'],
    [{ input: 'x', tool_choice: {} }, 'tool_choice'],
    [{ input: 'x', text: { format: { type: 'xml' } } }, 'text.format.type'],
  ])('%j names what is wrong', (body, param) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ name: 'BadRequestError', param }))
  })

  test('any JSON: a conversation that can be encoded, or a BadRequestError', () => {
    const item = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          type: fc.constantFrom(
            'message',
            'reasoning',
            'function_call',
            'custom_tool_call',
            'local_shell_call',
            'function_call_output',
            'additional_tools',
            '__proto__',
          ),
          role: fc.constantFrom('user', 'assistant', 'system', 'x'),
          content: fc.jsonValue(),
          call_id: fc.string(),
          name: fc.string(),
          arguments: fc.string(),
          action: fc.jsonValue(),
          output: fc.jsonValue(),
          summary: fc.jsonValue(),
          tools: fc.jsonValue(),
        },
        { requiredKeys: ['type'] },
      ),
    )
    const body = fc.record(
      {
        input: fc.oneof(fc.array(item), fc.jsonValue()),
        tools: fc.jsonValue(),
        text: fc.jsonValue(),
        include: fc.jsonValue(),
        reasoning: fc.jsonValue(),
        tool_choice: fc.jsonValue(),
      },
      { requiredKeys: ['input'] },
    )
    fc.assert(
      fc.property(body, (json) => {
        for (const read of [
          () => facts(json),
          () => responsesWire.encodeRequest(responses.decodeRequest(json, path), model),
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
