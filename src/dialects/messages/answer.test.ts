import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ListedModel } from '../../core/engine.ts'
import {
  AuthenticationError,
  BudgetExceededError,
  ContextWindowExceededError,
  InternalServerError,
  JetwayError,
  QuotaExceededError,
  RateLimitError,
  ServiceUnavailableError,
} from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { readError } from './errors.ts'
import { encodeModelList, messages, messagesCountTokens, messagesWire } from './index.ts'

const context = { requestId: 'req-1', model: 'claude-sonnet-4-5', request: {}, nowMs: 0 }
const options = { requestId: 'req-1', includeUsage: true, nowMs: 0 }

const body: JsonObject = {
  id: 'msg_vrtx_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content: [
    { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
    { type: 'redacted_thinking', data: 'cmVk' },
    { type: 'text', text: 'Reading.', citations: [{ type: 'char_location', cited_text: 'x' }] },
    { type: 'tool_use', id: 'toolu_1', name: 'read', input: { path: 'a' } },
    { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  usage: {
    input_tokens: 10,
    cache_creation_input_tokens: 5,
    cache_read_input_tokens: 85,
    output_tokens: 7,
  },
}

describe('whole answers', () => {
  test('decoded and encoded again they say the same, under the name asked for', () => {
    const answer = messagesWire.decodeAnswer({ ...body, copilot_usage: { total_nano_aiu: 42 } })
    expect(answer.usage).toEqual({
      inputTokens: 100,
      cachedInputTokens: 85,
      cacheWriteTokens: 5,
      outputTokens: 7,
      reasoningTokens: 0,
      nanoCredits: 42,
    })
    expect(messages.encodeAnswer(answer, context)).toEqual({ ...body, model: 'claude-sonnet-4-5' })
  })

  test.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['stop_sequence', 'stop'],
    ['tool_use', 'tool'],
    ['refusal', 'refusal'],
    ['pause_turn', 'pause'],
    ['model_context_window_exceeded', 'context'],
    ['something_new', 'stop'],
  ])('%s means %s', (stop_reason, finish) => {
    const stop_sequence = stop_reason === 'stop_sequence' ? 'END' : null
    const answer = messagesWire.decodeAnswer({ ...body, stop_reason, stop_sequence })
    expect(answer.finish).toBe(finish)
    const again = messages.encodeAnswer(answer, context)
    expect(again['stop_reason']).toBe(stop_reason === 'something_new' ? 'end_turn' : stop_reason)
  })

  test('answers of other wires get this one’s ids and blocks', () => {
    const sealed = { origin: 'responses', kind: 'encrypted', data: 'gAAA' } as const
    const out = messages.encodeAnswer(
      {
        id: 'chatcmpl-1',
        model: 'gpt-4o',
        created: 1,
        finish: 'tool',
        content: [
          { type: 'reasoning', text: 'So.', summary: true, sealed },
          { type: 'reasoning', text: '', summary: true, sealed },
          { type: 'text', text: '' },
          { type: 'text', text: 'Hi', annotations: [{ type: 'url_citation' }] },
          { type: 'tool-call', id: 'call_1', name: 'f', input: { kind: 'json', text: 'not json' } },
        ],
      },
      context,
    )
    expect(out).toMatchObject({
      id: 'msg_chatcmpl-1',
      content: [
        { type: 'thinking', thinking: 'So.', signature: 'jetway.responses.encrypted.gAAA' },
        { type: 'redacted_thinking', data: 'jetway.responses.encrypted.gAAA' },
        { type: 'text', text: 'Hi' },
        { type: 'tool_use', id: 'call_1', name: 'f', input: { input: 'not json' } },
      ],
      usage: { input_tokens: 0, output_tokens: 0 },
    })
  })

  test('relayed they stay as they are, but for the name', () => {
    const bytes = Buffer.from(JSON.stringify(body, undefined, 1))
    expect(messagesWire.repairAnswer(bytes, options)).toMatchObject({
      bytes,
      usage: { inputTokens: 100 },
    })
    expect(messagesWire.repairAnswer(bytes, options).bytes).toBe(bytes)
    const renamed = messagesWire.repairAnswer(bytes, { ...options, model: 'sonnet' })
    expect(JSON.parse(Buffer.from(renamed.bytes).toString())).toEqual({ ...body, model: 'sonnet' })
  })

  test('any bytes, any JSON: an answer or an upstream’s error', () => {
    const upstreamFault = (read: () => unknown): void => {
      try {
        JSON.stringify(read())
      } catch (error) {
        expect(error).toBeInstanceOf(JetwayError)
      }
    }
    const block = fc.record({
      type: fc.constantFrom('text', 'tool_use', 'thinking', 'x'),
      text: fc.jsonValue(),
      id: fc.jsonValue(),
      name: fc.jsonValue(),
    })
    const json = fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.record({ content: fc.array(block), usage: fc.jsonValue(), stop_reason: fc.jsonValue() }),
    )
    fc.assert(
      fc.property(json, fc.uint8Array(), (value, bytes) => {
        upstreamFault(() => messages.encodeAnswer(messagesWire.decodeAnswer(value), context))
        upstreamFault(() => messagesWire.repairAnswer(bytes, options))
        upstreamFault(() => messagesWire.repairAnswer(Buffer.from(JSON.stringify(value)), options))
      }),
    )
  })

  test('a count of tokens', () => {
    expect(messagesCountTokens.encodeAnswer(123, context)).toEqual({ input_tokens: 123 })
  })
})

describe('errors', () => {
  test.each([
    [new AuthenticationError('Sign in.'), 401, 'authentication_error'],
    [new QuotaExceededError('Used up.'), 402, 'billing_error'],
    [new RateLimitError('Slow down.'), 429, 'rate_limit_error'],
    [new ServiceUnavailableError('Later.'), 503, 'overloaded_error'],
    [new InternalServerError('Odd.', { status: 599 }), 599, 'api_error'],
    [new JetwayError('Odd.', { status: 418 }), 418, 'invalid_request_error'],
  ])('%s', (error, status, type) => {
    expect(messages.encodeError(error, 'req-1')).toEqual({
      status,
      body: { type: 'error', error: { type, message: error.message }, request_id: 'req-1' },
      headers: { 'request-id': 'req-1' },
    })
  })

  test('a budget that is used up is not asked again', () => {
    const { headers } = messages.encodeError(new BudgetExceededError('No.'), 'r')
    expect(headers).toMatchObject({ 'x-should-retry': 'false' })
  })

  test.each([
    [
      'prompt is too long: 210000 tokens > 200000 maximum',
      'prompt is too long: 210000 tokens > 200000 maximum',
    ],
    [
      'prompt token count of 140000 exceeds the limit of 128000',
      'prompt is too long: 140000 tokens > 128000 maximum',
    ],
    [
      'Your input exceeds the context window.',
      'prompt is too long: Your input exceeds the context window.',
    ],
  ])('an overflow is worded as clients parse it: %s', (message, expected) => {
    const { body } = messages.encodeError(new ContextWindowExceededError(message), 'r')
    expect(body).toMatchObject({ error: { type: 'invalid_request_error', message: expected } })
  })

  test('read back they are of the same class', () => {
    for (const error of [
      new AuthenticationError('a'),
      new QuotaExceededError('b'),
      new RateLimitError('c'),
      new ServiceUnavailableError('d'),
      new ContextWindowExceededError('prompt is too long: 2 tokens > 1 maximum'),
    ]) {
      expect(readError(messages.encodeError(error, 'r').body).name).toBe(error.name)
    }
  })
})

describe('the list of models', () => {
  const listed = (name: string): ListedModel => ({ name, provider: 'github_copilot' })
  const models = ['gpt-5.4', 'claude-sonnet-4.5', 'claude-opus-4.6-1m', 'c'].map(listed)

  test('Claude’s names are dashed, others stay', () => {
    expect(encodeModelList(models)).toMatchObject({
      data: [
        { type: 'model', id: 'gpt-5.4' },
        { id: 'claude-sonnet-4-5' },
        { id: 'claude-opus-4-6-1m' },
        { id: 'c' },
      ],
      has_more: false,
      first_id: 'gpt-5.4',
      last_id: 'c',
    })
  })

  test('pages forward and back', () => {
    const ids = (page: Parameters<typeof encodeModelList>[1]): unknown => {
      const { data, has_more } = encodeModelList(models, page)
      return [(data as JsonObject[]).map(({ id }) => id), has_more]
    }
    expect(ids({ limit: 2 })).toEqual([['gpt-5.4', 'claude-sonnet-4-5'], true])
    expect(ids({ limit: 2, afterId: 'claude-sonnet-4-5' })).toEqual([
      ['claude-opus-4-6-1m', 'c'],
      false,
    ])
    expect(ids({ limit: 2, beforeId: 'c' })).toEqual([
      ['claude-sonnet-4-5', 'claude-opus-4-6-1m'],
      true,
    ])
    expect(ids({ limit: 0, afterId: 'c' })).toEqual([[], false])
  })
})
