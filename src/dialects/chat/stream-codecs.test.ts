import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EncodeContext } from '../../core/dialect.ts'
import { BadGatewayError, JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { arbitraryAnswer } from '../__fixtures__/arbitrary-parts.ts'
import { expectGoodGrammar, joinDeltas } from '../__fixtures__/part-grammar.ts'
import { chat, chatWire } from './index.ts'

const options = { requestId: 'r', includeUsage: true, nowMs: 1_000 }

function decode(chunks: readonly Uint8Array[]): Part[] {
  const parts: Part[] = []
  const decoder = chatWire.createStreamDecoder((part) => parts.push(part), options)
  for (const bytes of chunks) decoder.push(bytes)
  decoder.end()
  return parts
}

function sse(...events: (JsonObject | string)[]): Buffer {
  return Buffer.from(
    events
      .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
      .join(''),
  )
}

const chunk = (
  delta: JsonObject,
  reason: string | null = null,
  more: JsonObject = {},
): JsonObject => ({
  id: 'c1',
  created: 7,
  model: 'gpt-4o',
  choices: [{ index: 0, delta, finish_reason: reason }],
  ...more,
})
const call = (index: number, id: string | undefined, text: string): JsonObject =>
  chunk({
    role: 'assistant',
    content: null,
    tool_calls: [
      {
        ...(id ? { id } : {}),
        index,
        function: { ...(id ? { name: id.toUpperCase() } : {}), arguments: text },
      },
    ],
  })
const start: Part = { type: 'answer-start', id: 'c1', model: 'gpt-4o', created: 7 }

const recorded: readonly (readonly [string, Buffer, readonly Part[]])[] = [
  [
    'text behind a filter-only chunk, usage on the last',
    sse(
      { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: [] },
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hi' }),
      chunk({ content: ' ü€😀', padding: 'abc' }),
      chunk({ content: null }, 'stop', {
        usage: { prompt_tokens: 5, completion_tokens: 2 },
        copilot_usage: { total_nano_aiu: 9 },
      }),
      '[DONE]',
    ),
    [
      start,
      { type: 'text-start', index: 0 },
      { type: 'text-delta', index: 0, text: 'Hi ü€😀' },
      { type: 'text-end', index: 0 },
      {
        type: 'usage',
        usage: {
          inputTokens: 5,
          cachedInputTokens: 0,
          cacheWriteTokens: 0,
          outputTokens: 2,
          reasoningTokens: 0,
          nanoCredits: 9,
        },
      },
      { type: 'turn-end', reason: 'stop' },
    ],
  ],
  [
    'thinking, sealed in two pieces, then parallel calls that all claim index 0, and no finish reason',
    sse(
      chunk({ role: 'assistant', reasoning_text: 'let me ' }),
      chunk({ role: 'assistant', reasoning_text: 'see' }),
      chunk({ reasoning_opaque: 'AAA' }),
      chunk({ reasoning_opaque: 'BBB' }),
      call(0, 'a', ''),
      call(0, undefined, '{"x"'),
      call(0, undefined, ':1}'),
      call(0, 'b', '{}'),
      '[DONE]',
    ),
    [
      start,
      { type: 'reasoning-start', index: 0, summary: false },
      { type: 'reasoning-delta', index: 0, text: 'let me see' },
      {
        type: 'reasoning-end',
        index: 0,
        sealed: { origin: 'chat', kind: 'opaque', data: 'AAABBB' },
      },
      { type: 'tool-start', index: 1, id: 'a', name: 'A', kind: 'json' },
      { type: 'tool-delta', index: 1, text: '{"x":1}' },
      { type: 'tool-start', index: 2, id: 'b', name: 'B', kind: 'json' },
      { type: 'tool-delta', index: 2, text: '{}' },
      { type: 'tool-end', index: 1 },
      { type: 'tool-end', index: 2 },
      { type: 'turn-end', reason: 'tool' },
    ],
  ],
  [
    'a refusal and a custom tool, usage in its own chunk, no [DONE]',
    sse(
      chunk({ refusal: 'No' }),
      chunk({
        tool_calls: [
          { index: 0, id: 'p', type: 'custom', custom: { name: 'patch', input: '***' } },
        ],
      }),
      chunk({}, 'stop'),
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } },
    ),
    [
      start,
      { type: 'refusal-delta', text: 'No' },
      { type: 'tool-start', index: 0, id: 'p', name: 'patch', kind: 'text' },
      { type: 'tool-delta', index: 0, text: '***' },
      { type: 'tool-end', index: 0 },
      {
        type: 'usage',
        usage: {
          inputTokens: 1,
          cachedInputTokens: 0,
          cacheWriteTokens: 0,
          outputTokens: 1,
          reasoningTokens: 0,
        },
      },
      { type: 'turn-end', reason: 'tool' },
    ],
  ],
]

describe('recorded streams', () => {
  for (const [name, bytes, expected] of recorded) {
    test(`${name}, cut at every byte`, () => {
      expect(joinDeltas(decode([bytes]))).toEqual(expected)
      for (let at = 0; at <= bytes.length; at++)
        expect(joinDeltas(decode([bytes.subarray(0, at), bytes.subarray(at)]))).toEqual(expected)
    })
  }
})

describe('a stream that fails closes its blocks and says why', () => {
  test.each<[string, Buffer, string]>([
    [
      'cut',
      sse(chunk({ content: 'a' })),
      'The upstream ended the stream in the middle of the answer.',
    ],
    [
      'an error event',
      sse(chunk({ content: 'a' }), { error: { message: 'Slow down.', code: 'rate_limited' } }),
      'Slow down.',
    ],
    [
      'broken JSON',
      sse(chunk({ content: 'a' }), '{"choices":'),
      'The upstream sent an event that is not JSON.',
    ],
    [
      'finish reason error',
      sse(chunk({ content: 'a' }), chunk({}, 'error')),
      'The upstream broke the answer off.',
    ],
    ['a body that is no stream', Buffer.from('{"error":{"message":"Slow down."}}'), 'Slow down.'],
    ['empty', sse('[DONE]'), 'The upstream ended the stream without an answer.'],
  ])('%s', (_, bytes, message) => {
    const parts = decode([bytes])
    expectGoodGrammar(parts)
    expect(parts.at(-1)).toMatchObject({ type: 'error', error: { message } })
  })
})

test('any bytes give a stream of good grammar', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.jsonValue().map((value) => sse(JSON.stringify(value))),
    fc.jsonValue().map((delta) => sse(chunk(delta as never))),
    fc.array(fc.jsonValue()).map((calls) => sse(chunk({ tool_calls: calls }))),
    fc.constant(sse('[DONE]')),
  )
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 5 }), (chunks) => {
      const parts = decode(chunks)
      expectGoodGrammar(parts)
    }),
    { numRuns: 300 },
  )
})

function contextOf(request: JsonObject): EncodeContext {
  const conversation = chat.decodeRequest(
    { messages: [{ role: 'user', content: 'x' }], ...request },
    { params: {}, query: new Map() },
  )
  return { requestId: 'r', model: 'asked-for', request, conversation, nowMs: 5_000 }
}

function encode(
  parts: readonly Part[],
  request: JsonObject = { stream_options: { include_usage: true } },
): string {
  const encoder = chat.createStreamEncoder(contextOf(request))
  return parts.map((part) => encoder.push(part)).join('')
}

test('what is encoded is decoded to the same parts', () => {
  fc.assert(
    fc.property(arbitraryAnswer, (parts) => {
      const back = decode([Buffer.from(encode(parts))])
      expectGoodGrammar(back)
      const expected = [
        { ...parts[0], id: 'chatcmpl-r', model: 'asked-for' } as Part,
        ...parts.slice(1),
      ]
      expect(canonical(back)).toEqual(canonical(expected))
    }),
    { numRuns: 300 },
  )
})

/** A seal may stand behind the text that its thought preceded; ends of calls may come together; both mean the same. */
function canonical(parts: readonly Part[]): unknown {
  const joined = joinDeltas(parts)
  const text = (type: string): string =>
    joined.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('')
  return {
    start: joined[0],
    text: text('text-delta'),
    thought: text('reasoning-delta'),
    seals: joined.flatMap((part) =>
      part.type === 'reasoning-end' && part.sealed ? [part.sealed] : [],
    ),
    calls: joined.flatMap((part) => (part.type === 'tool-start' ? [[part.id, part.name]] : [])),
    inputs: joined.flatMap((part) => (part.type === 'tool-delta' ? [part.text] : [])),
    ends: joined.filter((part) => part.type === 'usage' || part.type === 'turn-end'),
  }
}

describe('the stream a client sees', () => {
  const said: readonly Part[] = [
    start,
    { type: 'text-start', index: 0 },
    { type: 'text-delta', index: 0, text: 'Hi' },
    { type: 'text-end', index: 0 },
    {
      type: 'usage',
      usage: {
        inputTokens: 1,
        cachedInputTokens: 0,
        cacheWriteTokens: 0,
        outputTokens: 2,
        reasoningTokens: 0,
        nanoCredits: 4,
      },
    },
    { type: 'turn-end', reason: 'stop' },
  ]
  test('without usage: no chunk with empty choices', () => {
    const text = encode(said, {})
    expect(text).not.toContain('"choices":[]')
    expect(text.endsWith('"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')).toBe(true)
  })
  test('with usage: exactly one, the last', () => {
    const events = encode(said).split('\n\n').slice(0, -1)
    expect(events.filter((event) => event.includes('"choices":[]'))).toEqual([events.at(-2)])
    expect(events.at(-2)).toContain('"total_nano_aiu":4')
  })
  test('a call without arguments has an empty object', () => {
    const text = encode([
      start,
      { type: 'tool-start', index: 0, id: 'c', name: 'now', namespace: 'clock', kind: 'json' },
      { type: 'tool-end', index: 0 },
      { type: 'turn-end', reason: 'tool' },
    ])
    expect(text).toContain('"name":"clock__now"')
    expect(text).toContain('"arguments":"{}"')
    expect(text).toContain('"finish_reason":"tool_calls"')
  })
  test('a client of functions gets a function call', () => {
    const text = encode(
      [
        start,
        { type: 'tool-start', index: 0, id: 'c', name: 'now', kind: 'json' },
        { type: 'tool-delta', index: 0, text: '{}' },
        { type: 'tool-end', index: 0 },
        { type: 'turn-end', reason: 'tool' },
      ],
      { functions: [{ name: 'now' }] },
    )
    expect(text).toContain('"function_call":{"name":"now","arguments":""}')
    expect(text).toContain('"finish_reason":"function_call"')
    expect(text).not.toContain('tool_calls')
  })
  test('an error ends it, once', () => {
    const text = encode([
      start,
      { type: 'error', error: new BadGatewayError('cut') },
      { type: 'turn-end', reason: 'stop' },
    ])
    expect(
      text.endsWith(
        'data: {"error":{"message":"cut","type":"api_error","param":null,"code":null}}\n\n',
      ),
    ).toBe(true)
  })
})

test('an event over the bound ends the decoder with an error part', () => {
  const parts: Part[] = []
  const decoder = chatWire.createStreamDecoder((part) => parts.push(part), {
    ...options,
    maxEventBytes: 100,
  })
  decoder.push(Buffer.from(`data: ${'x'.repeat(200)}`))
  decoder.end()
  expect(parts).toHaveLength(1)
  expect(parts[0]).toMatchObject({ type: 'error', error: expect.any(JetwayError) as JetwayError })
})
