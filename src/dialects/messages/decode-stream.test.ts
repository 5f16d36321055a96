import { describe, expect, test } from 'vitest'
import { decode, eachCut, gist, options } from './__fixtures__/run-stream.ts'
import * as streams from './__fixtures__/streams.ts'

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
