import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../core/conversation.ts'
import { UnsupportedParamsError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { decode, encode, model, user } from './__fixtures__/requests.ts'
import { messagesWire } from './index.ts'

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
