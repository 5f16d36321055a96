import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { billing, facts, path, result, user } from './__fixtures__/requests.ts'
import { messagesCountTokens } from './index.ts'

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
