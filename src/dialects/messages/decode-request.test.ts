import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { billing, decode, user } from './__fixtures__/requests.ts'

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
      namesStop: true,
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
})
