import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { decode, facts, model, output, path, user } from './__fixtures__/requests.ts'
import { responses, responsesWire } from './index.ts'

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
