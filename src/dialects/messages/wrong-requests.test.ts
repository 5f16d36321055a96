import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { decode, facts, model, result, user } from './__fixtures__/requests.ts'
import { messagesWire } from './index.ts'

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
