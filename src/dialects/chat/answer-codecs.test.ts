import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StreamOptions } from '../../core/dialect.ts'
import { JetwayError, RateLimitError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { chat, chatWire } from './index.ts'

const options: StreamOptions = { requestId: 'r', includeUsage: true, nowMs: 5_000, candidates: 1 }
const context = { requestId: 'r', model: 'asked-for', request: {}, nowMs: 5_000 }

function repaired(body: JsonObject, changed: Partial<StreamOptions> = {}): JsonObject {
  const bytes = Buffer.from(JSON.stringify(body))
  return JSON.parse(
    Buffer.from(chatWire.repairAnswer(bytes, { ...options, ...changed }).bytes).toString(),
  ) as JsonObject
}

const good: JsonObject = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 9,
  model: 'gpt-4o',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
}
const calls = [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }]
const more = [{ id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }]
const withChoices = (...choices: JsonObject[]): JsonObject => ({ ...good, choices })

test('an answer with nothing wrong is the very same bytes', () => {
  const bytes = Buffer.from(JSON.stringify(good, null, 2))
  const result = chatWire.repairAnswer(bytes, options)
  expect(result.bytes).toBe(bytes)
  expect(result.usage).toMatchObject({ inputTokens: 1, outputTokens: 2 })
})

describe('whole answers are mended', () => {
  test('GPT: no object, no time, padding', () => {
    const { object: _, created: __, ...rest } = good
    expect(
      repaired({
        ...rest,
        choices: [
          {
            finish_reason: 'stop',
            index: 0,
            content_filter_results: {},
            message: { role: 'assistant', content: 'Hi.', padding: 'abc' },
          },
        ],
        prompt_filter_results: [],
      }),
    ).toEqual({
      ...good,
      created: 5,
      choices: [
        {
          finish_reason: 'stop',
          index: 0,
          content_filter_results: {},
          message: { role: 'assistant', content: 'Hi.' },
        },
      ],
      prompt_filter_results: [],
    })
  })
  test('a call without content', () => {
    const body = withChoices({
      index: 0,
      finish_reason: 'tool_calls',
      message: { role: 'assistant', tool_calls: calls },
    })
    expect(repaired(body)['choices']).toEqual([
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: { role: 'assistant', content: null, tool_calls: calls },
      },
    ])
  })
  const split: readonly (readonly [string, readonly JsonObject[]])[] = [
    [
      'with the same index',
      [
        { index: 0, finish_reason: 'tool_calls', message: { role: 'assistant', content: 'Hi.' } },
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: { role: 'assistant', tool_calls: calls },
        },
        { index: 0, finish_reason: 'tool_calls', message: { role: 'assistant', tool_calls: more } },
      ],
    ],
    [
      'without an index',
      [
        { finish_reason: null, message: { role: 'assistant', content: 'Hi.' } },
        { message: { role: 'assistant', tool_calls: calls }, finish_reason: 'tool_calls' },
        { message: { role: 'assistant', tool_calls: more } },
      ],
    ],
    [
      'numbered as if they were several',
      [
        { index: 0, finish_reason: 'tool_calls', message: { role: 'assistant', content: 'Hi.' } },
        { index: 1, finish_reason: 'tool_calls', message: { tool_calls: calls } },
        { index: 2, finish_reason: 'tool_calls', message: { tool_calls: more } },
      ],
    ],
  ]
  for (const [name, choices] of split) {
    const merged = [
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: { role: 'assistant', content: 'Hi.', tool_calls: [...calls, ...more] },
      },
    ]
    test(`choices that are pieces of one answer, ${name}`, () => {
      expect(repaired(withChoices(...choices))['choices']).toEqual(merged)
    })
    test(`the same where nobody said how many were asked for, ${name}`, () => {
      expect(repaired(withChoices(...choices), { candidates: undefined })['choices']).toEqual(
        merged,
      )
    })
  }
  test('several answers that were asked for stay several', () => {
    const choices = [0, 1].map((index) => ({
      index,
      finish_reason: 'stop',
      message: { role: 'assistant', content: `${index}` },
    }))
    const bytes = Buffer.from(JSON.stringify(withChoices(...choices)))
    expect(chatWire.repairAnswer(bytes, { ...options, candidates: 2 }).bytes).toBe(bytes)
    expect(chatWire.repairAnswer(bytes, { ...options, candidates: undefined }).bytes).toBe(bytes)
  })
  test('an answer in Anthropic’s form', () => {
    expect(
      repaired({
        id: 'msg_1',
        type: 'message',
        model: 'claude',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'x' },
          { type: 'text', text: 'Hi.' },
          { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
        ],
        stop_reason: 'tool_use',
        usage: { input_tokens: 2, cache_read_input_tokens: 5, output_tokens: 3 },
      }),
    ).toEqual({
      id: 'msg_1',
      object: 'chat.completion',
      created: 5,
      model: 'claude',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: 'Hi.',
            reasoning_text: 'hm',
            tool_calls: [
              { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
            ],
          },
        },
      ],
      usage: {
        prompt_tokens: 7,
        completion_tokens: 3,
        total_tokens: 10,
        prompt_tokens_details: { cached_tokens: 5, cache_write_tokens: 0 },
      },
    })
  })
  test('the asked-for name', () => {
    expect(repaired(good, { model: 'other' })['model']).toBe('other')
  })
})

describe('what is no answer is an error', () => {
  test.each<[string, string, typeof JetwayError]>([
    ['text', 'Bad Gateway', JetwayError],
    ['no choices', '{"choices":[]}', JetwayError],
    ['an error', '{"error":{"message":"Slow down.","code":"rate_limited"}}', RateLimitError],
    [
      'an error whose code is a number',
      '{"error":{"message":"Slow down.","code":429}}',
      RateLimitError,
    ],
    ['a list', '[]', JetwayError],
  ])('%s', (_, text, kind) => {
    expect(() => chatWire.repairAnswer(Buffer.from(text), options)).toThrow(kind)
  })
  test('any bytes: an answer or an error of ours', () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.record({
        choices: fc.array(
          fc.oneof(
            fc.jsonValue(),
            fc.record({
              message: fc.dictionary(
                fc.constantFrom('content', 'tool_calls', 'role', 'refusal'),
                fc.jsonValue(),
              ),
            }),
          ),
        ),
      }),
      fc.record({ content: fc.array(fc.jsonValue()) }),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          json.map((value) => Buffer.from(JSON.stringify(value))),
        ),
        (bytes) => {
          try {
            const body = JSON.parse(
              Buffer.from(chatWire.repairAnswer(bytes, options).bytes).toString(),
            ) as JsonObject
            expect(body).toMatchObject({ object: 'chat.completion' })
            chatWire.decodeAnswer(body)
          } catch (error) {
            expect(error).toBeInstanceOf(JetwayError)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('an answer goes to the hub and back', () => {
  const message = {
    role: 'assistant',
    content: 'Hi.',
    refusal: null,
    reasoning_text: 'hm',
    reasoning_opaque: 'AAA',
    annotations: [{ type: 'url_citation' }],
    tool_calls: [...calls, { id: 'c', type: 'custom', custom: { name: 'patch', input: '***' } }],
  }
  const body = {
    ...withChoices({ index: 0, message, finish_reason: 'tool_calls', logprobs: null }),
    copilot_usage: { total_nano_aiu: 7 },
  }
  const answer = chatWire.decodeAnswer(structuredClone(body))
  expect(answer.usage?.nanoCredits).toBe(7)
  expect(answer.content.map((entry) => entry.type)).toEqual([
    'reasoning',
    'text',
    'tool-call',
    'tool-call',
  ])
  expect(chat.encodeAnswer(answer, context)).toMatchObject({
    ...body,
    id: 'chatcmpl-r',
    model: 'asked-for',
    created: 9,
    usage: { total_tokens: 3 },
  })
})

test('sealed reasoning of other wires comes back as it was', () => {
  const content = [
    {
      type: 'reasoning',
      text: 'one',
      summary: false,
      sealed: { origin: 'messages', kind: 'signature', data: 'S1' },
    },
    { type: 'text', text: 'Hi.' },
    {
      type: 'reasoning',
      text: 'two',
      summary: true,
      id: 'rs_2',
      sealed: { origin: 'responses', kind: 'encrypted', data: 'S2' },
    },
  ] as const
  const body = chat.encodeAnswer(
    { id: 'x', model: 'm', created: 1, content, finish: 'stop' },
    context,
  )
  const [choice] = body['choices'] as JsonObject[]
  const message = choice?.['message'] as JsonObject
  // A client may drop the text and keep only the sealed value.
  delete message['reasoning_text']
  const request = { messages: [{ role: 'user', content: 'x' }, message] }
  const decoded = chat.decodeRequest(request, { params: {}, query: new Map() })
  expect(decoded.turns[1]?.content).toEqual([content[0], content[2], content[1]])
})
