import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ContextWindowExceededError } from '../../core/errors.ts'
import { asObject, asString, type JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { events, gist, options } from '../messages/__fixtures__/run-stream.ts'
import { decode, follow } from './__fixtures__/run-stream.ts'
import * as streams from './__fixtures__/streams.ts'
import { responses } from './index.ts'

function encode(parts: readonly Part[], request: JsonObject = {}): string {
  const encoder = responses.createStreamEncoder({
    requestId: 'req-1',
    model: 'gpt-5.4',
    request,
    nowMs: options.nowMs,
    ...(request['input'] === undefined
      ? {}
      : { conversation: responses.decodeRequest(request, { params: {}, query: new Map() }) }),
  })
  return parts.map((part) => encoder.push(part)).join('')
}

describe('encoding', () => {
  for (const [name, stream] of Object.entries(streams.complete)) {
    test(`${name}: decoded, encoded and decoded again it says the same`, () => {
      const parts = decode([Buffer.from(stream)])
      const out = encode(parts)
      follow(events(out))
      expect(events(out).map((event) => event['sequence_number'])).toEqual(
        events(out).map((_, index) => index),
      )
      const strip = (list: readonly Part[]): unknown =>
        JSON.parse(
          JSON.stringify(gist(list), (key, value: unknown) =>
            // Ids and the name are ours; the price has no place here; the whole input is repeated by this wire alone.
            ['id', 'itemId', 'model', 'nanoCredits', 'logprobs'].includes(key) ? undefined : value,
          ),
        )
      // Deltas that were ciphertext are readable now.
      const plain = (list: unknown): unknown =>
        (list as JsonObject[]).filter(({ type }) => type !== 'tool-delta')
      expect(plain(strip(decode([Buffer.from(out)])))).toEqual(plain(strip(parts)))
    })
  }

  test('a ping is a comment; only one that follows another is an event', () => {
    const start: Part = { type: 'answer-start', id: 'x', model: 'y', created: 1 }
    const text: Part = { type: 'text-delta', index: 0, text: 'Hi' }
    const opened: Part[] = [start, { type: 'text-start', index: 0 }]
    const ping: Part = { type: 'ping' }
    const kept = (parts: readonly Part[]) =>
      events(encode(parts)).filter(({ type }) => type === 'keepalive').length
    expect(encode([ping, start])).toContain(': keep-alive')
    expect(kept([ping, ping, ping, start, ping])).toBe(0)
    expect(kept([...opened, ping, text, ping, text])).toBe(0)
    expect(kept([...opened, ping, ping, text, ping, ping, ping])).toBe(3)
  })

  test('the sequence of a text', () => {
    const out = events(
      encode([
        { type: 'answer-start', id: 'x', model: 'y', created: 1 },
        { type: 'text-start', index: 0 },
        { type: 'text-delta', index: 0, text: 'Hi' },
        { type: 'ping' },
        { type: 'ping' },
        { type: 'text-end', index: 0 },
        {
          type: 'usage',
          usage: {
            inputTokens: 3,
            cachedInputTokens: 1,
            cacheWriteTokens: 0,
            outputTokens: 2,
            reasoningTokens: 1,
          },
        },
        { type: 'turn-end', reason: 'length' },
      ]),
    )
    expect(out.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'keepalive',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.incomplete',
    ])
    expect(out.at(-1)?.['response']).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      usage: {
        input_tokens: 3,
        input_tokens_details: { cached_tokens: 1 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 5,
      },
      output: [
        { type: 'message', status: 'completed', content: [{ type: 'output_text', text: 'Hi' }] },
      ],
    })
  })

  const request: JsonObject = {
    input: 'x',
    include: ['reasoning.encrypted_content'],
    tools: [
      { type: 'custom', name: 'apply_patch' },
      { type: 'namespace', name: 'files', tools: [{ type: 'function', name: 'read' }] },
      { type: 'local_shell' },
    ],
  }

  test('calls go back to the form the client declared', () => {
    const out = events(
      encode(
        [
          { type: 'answer-start', id: 'x', model: 'y', created: 1 },
          { type: 'tool-start', index: 0, id: 'call_1', name: 'apply_patch', kind: 'json' },
          { type: 'tool-delta', index: 0, text: '{"input":"*** Be' },
          { type: 'tool-delta', index: 0, text: 'gin"}' },
          { type: 'tool-end', index: 0 },
          { type: 'tool-start', index: 1, id: 'call_2', name: 'files__read', kind: 'json' },
          { type: 'tool-delta', index: 1, text: '{}' },
          { type: 'tool-end', index: 1 },
          { type: 'tool-start', index: 2, id: 'call_3', name: 'local_shell', kind: 'json' },
          { type: 'tool-end', index: 2, text: '{"command":["ls"],"timeout_ms":5}' },
          { type: 'turn-end', reason: 'tool' },
        ],
        request,
      ),
    )
    const { added, ids } = follow(out)
    expect(added.get(ids[0] ?? '')).toBe('*** Begin')
    expect(asObject(out.at(-1)?.['response'])?.['output']).toMatchObject([
      { type: 'custom_tool_call', call_id: 'call_1', name: 'apply_patch', input: '*** Begin' },
      {
        type: 'function_call',
        call_id: 'call_2',
        name: 'read',
        namespace: 'files',
        arguments: '{}',
      },
      {
        type: 'local_shell_call',
        call_id: 'call_3',
        action: { type: 'exec', command: ['ls'], timeout_ms: 5, env: {} },
      },
    ])
  })

  test('a seal of another wire is wrapped for who asked, and left out else', () => {
    const sealed = { origin: 'messages', kind: 'signature', data: 'EqQB+/=' } as const
    const parts: Part[] = [
      { type: 'answer-start', id: 'x', model: 'y', created: 1 },
      { type: 'reasoning-start', index: 0, summary: false },
      { type: 'reasoning-delta', index: 0, text: 'So.' },
      { type: 'reasoning-end', index: 0, sealed },
      { type: 'reasoning-start', index: 1, summary: false },
      { type: 'reasoning-end', index: 1, sealed },
      { type: 'turn-end', reason: 'stop' },
    ]
    const ends = decode([Buffer.from(encode(parts, request))]).filter(
      ({ type }) => type === 'reasoning-end',
    )
    expect(ends).toMatchObject([{ sealed }, { sealed }])
    const without = encode(parts, { input: 'x' })
    expect(without).not.toContain('EqQB')
    expect(events(without).filter(({ type }) => type === 'response.output_item.done')).toHaveLength(
      1,
    )
  })

  test('a failure is an error event and a failed response', () => {
    const out = events(
      encode([
        { type: 'answer-start', id: 'x', model: 'y', created: 1 },
        { type: 'text-start', index: 0 },
        { type: 'text-delta', index: 0, text: 'Ha' },
        { type: 'error', error: new ContextWindowExceededError('Too long.') },
        { type: 'turn-end', reason: 'stop' },
      ]),
    )
    expect(out.slice(-2)).toMatchObject([
      {
        type: 'error',
        code: 'context_length_exceeded',
        message: 'Too long.',
        error: { message: 'Too long.' },
      },
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'context_length_exceeded' } },
      },
    ])
    expect(out.map((event) => event['sequence_number'])).toEqual(out.map((_, index) => index))
  })

  test('any parts in any order end in exactly one closing event, and add up', () => {
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
        name: fc.constantFrom('apply_patch', 'local_shell', 'f'),
        kind: fc.constantFrom('json' as const, 'text' as const),
      }),
      fc.record({ type: fc.constant('tool-delta' as const), index, text: fc.string() }),
      fc.record({ type: fc.constant('tool-end' as const), index }),
      fc.constant({ type: 'ping' as const }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const out = events(encode([...pieces, { type: 'turn-end', reason: 'stop' }], request))
        expect(
          out.filter(({ type }) =>
            /^(response\.(completed|failed|incomplete)|error)$/.test(asString(type) ?? ''),
          ),
        ).toHaveLength(1)
        const { added, done } = follow(out)
        for (const [id, whole] of done) expect(added.get(id)).toBe(whole)
      }),
    )
  })
})
