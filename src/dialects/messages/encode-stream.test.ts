import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { decode, events, gist, options } from './__fixtures__/run-stream.ts'
import * as streams from './__fixtures__/streams.ts'
import { messages } from './index.ts'

const context = {
  requestId: 'req-1',
  model: 'claude-sonnet-4-5',
  request: {},
  nowMs: options.nowMs,
}

function encode(parts: readonly Part[], request: JsonObject = {}): string {
  const encoder = messages.createStreamEncoder({ ...context, request })
  return parts.map((part) => encoder.push(part)).join('')
}

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
