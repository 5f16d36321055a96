import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StreamOptions } from '../../core/dialect.ts'
import { JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import * as streams from './__fixtures__/streams.ts'
import { messages, messagesWire } from './index.ts'

const options: StreamOptions = { requestId: 'req-1', includeUsage: true, nowMs: 1_790_000_000_000 }
const context = {
  requestId: 'req-1',
  model: 'claude-sonnet-4-5',
  request: {},
  nowMs: options.nowMs,
}

function decode(chunks: readonly Uint8Array[], using = options): Part[] {
  const parts: Part[] = []
  const decoder = messagesWire.createStreamDecoder((part) => parts.push(part), using)
  for (const chunk of chunks) decoder.push(chunk)
  decoder.end()
  return parts
}

function encode(parts: readonly Part[], request: JsonObject = {}): string {
  const encoder = messages.createStreamEncoder({ ...context, request })
  return parts.map((part) => encoder.push(part)).join('')
}

function relay(chunks: readonly Uint8Array[], using = options): string {
  const filter = messagesWire.createRelayFilter(using)
  const out = chunks.map((chunk) => Buffer.from(filter.push(chunk)))
  return Buffer.concat([...out, filter.end()]).toString()
}

/** Deltas of one block joined, so that streams compare by what they say. */
function gist(parts: readonly Part[]): unknown[] {
  const joined: Record<string, unknown>[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (part.type.endsWith('-delta') && last?.['type'] === part.type && 'text' in part) {
      last['text'] = `${String(last['text'])}${String(part.text)}`
    } else joined.push({ ...part })
  }
  return joined
}

function events(text: string): JsonObject[] {
  return text
    .split('\n\n')
    .filter((event) => event.includes('data: '))
    .map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)) as JsonObject)
}

const eachCut = (text: string, check: (chunks: Uint8Array[]) => void): void => {
  const bytes = Buffer.from(text)
  for (let at = 0; at <= bytes.length; at++) check([bytes.subarray(0, at), bytes.subarray(at)])
  check([...bytes].map((byte) => Uint8Array.of(byte)))
}

describe('decoding', () => {
  test('text, usage with cached and written tokens, and the price', () => {
    expect(decode([Buffer.from(streams.text)])).toEqual([
      {
        type: 'answer-start',
        id: 'msg_vrtx_01Abc',
        model: 'claude-sonnet-4-5-20250929',
        created: 1_790_000_000,
      },
      { type: 'text-start', index: 0 },
      { type: 'ping' },
      { type: 'text-delta', index: 0, text: 'Grüß ' },
      { type: 'text-delta', index: 0, text: 'Gott 😀' },
      { type: 'text-end', index: 0 },
      {
        type: 'usage',
        usage: {
          inputTokens: 50,
          cachedInputTokens: 8,
          cacheWriteTokens: 30,
          outputTokens: 6,
          reasoningTokens: 0,
          nanoCredits: 1_234_567,
        },
      },
      { type: 'turn-end', reason: 'stop' },
    ])
  })

  test('thinking keeps its signature, tools their input', () => {
    const parts = gist(decode([Buffer.from(streams.thinkingAndTools)]))
    expect(parts).toMatchObject([
      { type: 'answer-start' },
      { type: 'reasoning-start', index: 0, summary: false },
      { type: 'reasoning-delta', text: 'Two files to read.' },
      {
        type: 'reasoning-end',
        sealed: { origin: 'messages', kind: 'signature', data: 'EqQBCkYIBxgCKkA=' },
      },
      { type: 'reasoning-start', index: 1 },
      { type: 'reasoning-end', sealed: { origin: 'messages', kind: 'redacted', data: 'c2VjcmV0' } },
      { type: 'tool-start', index: 2, id: 'toolu_vrtx_1', name: 'read', kind: 'json' },
      { type: 'tool-delta', text: '{"path":"a.txt"}' },
      { type: 'tool-end', index: 2 },
      { type: 'tool-start', index: 3, id: 'toolu_vrtx_2', name: 'list' },
      { type: 'tool-end', index: 3 },
      { type: 'usage' },
      { type: 'turn-end', reason: 'tool' },
    ])
  })

  test('what only this wire has stays whole', () => {
    expect(decode([Buffer.from(streams.serverTool)])).toMatchObject([
      { type: 'answer-start' },
      {
        type: 'opaque',
        value: { origin: 'messages', value: { type: 'server_tool_use', input: { query: 'x' } } },
      },
      { type: 'opaque', value: { value: { type: 'web_search_tool_result' } } },
      { type: 'text-start' },
      { type: 'text-delta' },
      { type: 'text-end', annotations: [{ cited_text: 'Found' }] },
      { type: 'usage' },
      { type: 'turn-end', reason: 'stop', stopSequence: 'END' },
    ])
  })

  test('an error event ends it', () => {
    const last = decode([Buffer.from(streams.overloaded)]).at(-1)
    expect(last).toMatchObject({
      type: 'error',
      error: { name: 'ServiceUnavailableError', message: 'Overloaded', code: 'overloaded_error' },
    })
  })

  for (const [name, stream] of Object.entries({
    ...streams.complete,
    overloaded: streams.overloaded,
  })) {
    test(`${name}: the same parts wherever it is cut`, () => {
      const whole = decode([Buffer.from(stream)])
      eachCut(stream, (chunks) => {
        expect(decode(chunks)).toEqual(whole)
      })
    })

    test(`${name}: ending early is an error, exactly one`, () => {
      const bytes = Buffer.from(stream)
      const complete = bytes.indexOf('event: message_stop')
      const bare = bytes.indexOf('"stop_reason":"')
      for (let at = 0; at < (bare === -1 ? bytes.length : bare); at += 7) {
        const parts = decode([bytes.subarray(0, at)])
        expect(parts.filter(({ type }) => type === 'error' || type === 'turn-end')).toHaveLength(1)
        expect(parts.at(-1)?.type).toBe('error')
      }
      // With the stop reason in hand nothing of the answer is missing.
      if (complete > 0) expect(decode([bytes.subarray(0, complete)]).at(-1)?.type).toBe('turn-end')
    })
  }

  test('an event over the bound is an error, not a growing buffer', () => {
    const big = Buffer.from(`event: x\ndata: {"a":"${'x'.repeat(2000)}"}\n\n`)
    const parts = decode([big.subarray(0, 1500), big.subarray(1500)], {
      ...options,
      maxEventBytes: 1024,
    })
    expect(parts).toMatchObject([{ type: 'error', error: { code: 'event_too_large' } }])
  })
})

describe('encoding', () => {
  for (const [name, stream] of Object.entries(streams.complete)) {
    test(`${name}: decoded, encoded and decoded again it says the same`, () => {
      const parts = decode([Buffer.from(stream)])
      const again = decode([Buffer.from(encode(parts))])
      const start = { id: 'msg_vrtx_01Abc', model: 'claude-sonnet-4-5' }
      const strip = (list: readonly Part[]): unknown[] =>
        gist(list)
          .filter((part) => (part as Part).type !== 'ping')
          .map((part) =>
            (part as Part).type === 'answer-start' ? Object.assign(part as object, start) : part,
          )
      // The price has no place on this wire.
      const withoutPrice = JSON.parse(
        JSON.stringify(strip(parts)).replace(/,"nanoCredits":\d+/, ''),
      ) as unknown
      expect(JSON.parse(JSON.stringify(strip(again)))).toEqual(withoutPrice)
    })
  }

  test('interleaved tool calls come one after the other', () => {
    const out = events(
      encode([
        { type: 'answer-start', id: 'chatcmpl-1', model: 'gpt-4o', created: 1 },
        { type: 'tool-start', index: 0, id: 'call_a', name: 'a', kind: 'json' },
        { type: 'tool-delta', index: 0, text: '{"x"' },
        { type: 'tool-start', index: 1, id: 'call_b', name: 'b', kind: 'json' },
        { type: 'tool-delta', index: 1, text: '{"y"' },
        { type: 'tool-delta', index: 0, text: ':1}' },
        { type: 'tool-delta', index: 1, text: ':2}' },
        { type: 'tool-end', index: 1 },
        { type: 'tool-end', index: 0 },
        { type: 'turn-end', reason: 'tool' },
      ]),
    )
    let open: unknown
    const inputs: Record<string, string> = {}
    for (const event of out) {
      if (event['type'] === 'content_block_start') {
        expect(open).toBeUndefined()
        open = event['index']
      } else if (event['type'] === 'content_block_delta') {
        expect(event['index']).toBe(open)
        const { partial_json } = event['delta'] as { partial_json: string }
        inputs[String(open)] = (inputs[String(open)] ?? '') + partial_json
      } else if (event['type'] === 'content_block_stop') open = undefined
    }
    expect(inputs).toEqual({ 0: '{"x":1}', 1: '{"y":2}' })
    expect(out.at(-1)).toEqual({ type: 'message_stop' })
  })

  test('input that only the end repeats is sent there', () => {
    const out = encode([
      { type: 'answer-start', id: 'r', model: 'm', created: 1 },
      { type: 'tool-start', index: 0, id: 'call_a', name: 'a', kind: 'json' },
      { type: 'tool-delta', index: 0, text: '{"x"' },
      { type: 'tool-end', index: 0, text: '{"x":1}' },
      { type: 'turn-end', reason: 'tool' },
    ])
    const deltas = events(out).flatMap((event) => {
      const delta = event['delta'] as { partial_json?: string } | undefined
      return delta?.partial_json ?? []
    })
    expect(deltas.join('')).toBe('{"x":1}')
  })

  test('a seal of another wire is wrapped and recognised again', () => {
    const sealed = { origin: 'chat', kind: 'opaque', data: 'b3BhcXVl+/=' } as const
    const out = encode([
      { type: 'answer-start', id: 'c', model: 'm', created: 1 },
      { type: 'reasoning-start', index: 0, summary: false },
      { type: 'reasoning-delta', index: 0, text: 'Because.' },
      { type: 'reasoning-end', index: 0, sealed },
      { type: 'reasoning-start', index: 1, summary: false },
      { type: 'reasoning-end', index: 1, sealed },
      { type: 'turn-end', reason: 'stop' },
    ])
    const ends = decode([Buffer.from(out)]).filter(({ type }) => type === 'reasoning-end')
    expect(ends).toMatchObject([{ sealed }, { sealed }])
  })

  test('thinking is held back from who did not ask for it', () => {
    const encoder = messages.createStreamEncoder({
      ...context,
      conversation: messages.decodeRequest(
        { model: 'm', messages: [{ role: 'user', content: 'x' }] },
        { params: {}, query: new Map() },
      ),
    })
    const out = decode([Buffer.from(streams.thinkingAndTools)])
      .map((part) => encoder.push(part))
      .join('')
    expect(out).not.toContain('thinking')
    expect(out).toContain('"tool_use"')
  })

  test('a refusal is text, and the reason to stop', () => {
    const out = events(
      encode([
        { type: 'answer-start', id: 'c', model: 'm', created: 1 },
        { type: 'refusal-delta', text: 'I will ' },
        { type: 'refusal-delta', text: 'not.' },
        { type: 'turn-end', reason: 'stop' },
      ]),
    )
    expect(out.map(({ type }) => type)).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(out.at(-2)).toMatchObject({ delta: { stop_reason: 'refusal' } })
  })

  test('any parts in any order end in exactly one closing or error event', () => {
    const index = fc.integer({ min: 0, max: 3 })
    const piece = fc.oneof(
      fc.record({ type: fc.constant('text-start' as const), index }),
      fc.record({ type: fc.constant('text-delta' as const), index, text: fc.string() }),
      fc.record({ type: fc.constant('text-end' as const), index }),
      fc.record({ type: fc.constant('refusal-delta' as const), text: fc.string() }),
      fc.record({ type: fc.constant('reasoning-start' as const), index, summary: fc.boolean() }),
      fc.record({ type: fc.constant('reasoning-delta' as const), index, text: fc.string() }),
      fc.record({ type: fc.constant('reasoning-end' as const), index }),
      fc.record({
        type: fc.constant('tool-start' as const),
        index,
        id: fc.string(),
        name: fc.string(),
        kind: fc.constant('json' as const),
      }),
      fc.record({ type: fc.constant('tool-delta' as const), index, text: fc.string() }),
      fc.record({
        type: fc.constant('tool-end' as const),
        index,
        text: fc.option(fc.string(), { nil: undefined }),
      }),
      fc.constant({ type: 'ping' as const }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const out = events(encode([...pieces, { type: 'turn-end', reason: 'stop' }]))
        expect(out[0]?.['type'] === 'message_start' || out[0]?.['type'] === 'ping').toBe(true)
        expect(out.filter(({ type }) => type === 'message_stop' || type === 'error')).toHaveLength(
          1,
        )
        let open: unknown
        let next = 0
        for (const event of out) {
          if (event['type'] === 'content_block_start') {
            expect(open).toBeUndefined()
            expect(event['index']).toBe(next++)
            open = event['index']
          } else if (event['type'] === 'content_block_stop') {
            expect(event['index']).toBe(open)
            open = undefined
          } else if (event['type'] === 'content_block_delta') expect(event['index']).toBe(open)
        }
        expect(open).toBeUndefined()
      }),
    )
  })
})

describe('relaying', () => {
  for (const [name, stream] of Object.entries({
    ...streams.complete,
    overloaded: streams.overloaded,
  })) {
    test(`${name}: byte for byte, wherever it is cut`, () => {
      eachCut(stream, (chunks) => {
        expect(relay(chunks)).toBe(stream)
      })
    })
  }

  test('a chunk that needs nothing is handed on as the very same bytes', () => {
    const filter = messagesWire.createRelayFilter(options)
    const bytes = Buffer.from(streams.text)
    expect(filter.push(bytes)).toBe(bytes)
    expect(filter).toMatchObject({
      finished: true,
      failure: undefined,
      usage: { inputTokens: 50, outputTokens: 6, nanoCredits: 1_234_567 },
    })
    expect(filter.end()).toHaveLength(0)
  })

  test('only the first event carries the model', () => {
    const out = relay([Buffer.from(streams.text)], { ...options, model: 'sonnet' })
    expect(out).toBe(streams.text.replace('claude-sonnet-4-5-20250929', 'sonnet'))
  })

  test('a stream cut early ends with an error event', () => {
    const at = streams.text.indexOf('event: message_delta')
    const filter = messagesWire.createRelayFilter(options)
    filter.push(Buffer.from(streams.text.slice(0, at)))
    const tail = events(Buffer.from(filter.end()).toString())
    expect(tail).toMatchObject([
      { type: 'error', error: { type: 'api_error' }, request_id: 'req-1' },
    ])
    expect(filter).toMatchObject({ finished: false, failure: { name: 'APIConnectionError' } })
  })

  test('only the closing event missing is only the closing event added', () => {
    const at = streams.text.indexOf('event: message_stop')
    expect(relay([Buffer.from(streams.text.slice(0, at))])).toBe(
      `${streams.text.slice(0, at)}event: message_stop\ndata: {"type":"message_stop"}\n\n`,
    )
  })

  test('an error event is read and passed on; nothing is added to it', () => {
    const filter = messagesWire.createRelayFilter(options)
    filter.push(Buffer.from(streams.overloaded))
    expect(filter.end()).toHaveLength(0)
    expect(filter.fail(new JetwayError('late'))).toHaveLength(0)
    expect(filter.failure).toMatchObject({ name: 'ServiceUnavailableError' })
  })

  test('the connection fails in between: its error event, once', () => {
    const filter = messagesWire.createRelayFilter(options)
    filter.push(Buffer.from(streams.text.slice(0, 700)))
    expect(Buffer.from(filter.fail(new JetwayError('gone'))).toString()).toMatch(/^event: error\n/)
    expect(filter.end()).toHaveLength(0)
  })
})

test('any bytes: a valid end or an error, never a crash', () => {
  const line = fc.oneof(
    fc.string(),
    fc.json().map((json) => `data: ${json}`),
    fc.constantFrom(...streams.thinkingAndTools.split('\n\n')),
    fc.constantFrom(
      'event: error',
      'data: [DONE]',
      'data: {"type":"content_block_start","index":0,"content_block":null}',
    ),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.uint8Array(), (lines, noise) => {
      const chunks = [Buffer.from(`${lines.join('\n\n')}\n\n`), noise]
      const parts = decode(chunks)
      expect(parts.filter(({ type }) => type === 'error' || type === 'turn-end')).toHaveLength(1)
      const filter = messagesWire.createRelayFilter(options)
      try {
        for (const chunk of chunks) filter.push(chunk)
        filter.end()
      } catch (error) {
        expect(error).toBeInstanceOf(JetwayError)
        filter.fail(error as JetwayError)
      }
      expect(filter.finished || filter.failure !== undefined).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('an error in the form of OpenAI’s chat is this wire’s error event', () => {
  const bytes = Buffer.from('data: {"error":{"code":"rate_limited","message":"Slow down."}}\n\n')
  expect(decode([bytes]).at(-1)).toMatchObject({ type: 'error', error: { message: 'Slow down.' } })
  const out = events(relay([bytes]))
  expect(out[0]).toMatchObject({ type: 'error', error: { message: 'Slow down.' } })
})
