import { describe, expect, test } from 'vitest'
import { eachCut, gist } from '../messages/__fixtures__/run-stream.ts'
import { decode } from './__fixtures__/run-stream.ts'
import * as streams from './__fixtures__/streams.ts'

describe('decoding', () => {
  test('text with changing ids, usage and the price', () => {
    expect(gist(decode([Buffer.from(streams.text)]))).toMatchObject([
      { type: 'answer-start', model: 'gpt-5.4-2026-03-05', created: 1_790_000_000 },
      { type: 'text-start', index: 0 },
      { type: 'text-delta', index: 0, text: 'Grüß "item_id":"x" Gott 😀' },
      { type: 'text-end', index: 0 },
      {
        type: 'usage',
        usage: {
          inputTokens: 120,
          cachedInputTokens: 100,
          cacheWriteTokens: 0,
          outputTokens: 30,
          reasoningTokens: 12,
          nanoCredits: 7_654_321,
        },
      },
      { type: 'turn-end', reason: 'stop' },
    ])
  })

  test('reasoning with its seal, calls with their namespace, ciphertext never shown', () => {
    const parts = gist(decode([Buffer.from(streams.tools)]))
    expect(parts).toMatchObject([
      { type: 'answer-start' },
      { type: 'reasoning-start', index: 0, summary: true },
      { type: 'reasoning-delta', text: 'One.\n\nTwo.' },
      {
        type: 'reasoning-end',
        sealed: { origin: 'responses', kind: 'encrypted', data: streams.ARGUMENTS_SEAL },
      },
      {
        type: 'tool-start',
        index: 1,
        id: 'call_1',
        name: 'read',
        namespace: 'files',
        kind: 'json',
      },
      { type: 'tool-delta', text: '{"path":"a.txt"}' },
      { type: 'tool-end', text: '{"path":"a.txt"}' },
      { type: 'tool-start', index: 2, id: 'call_2', name: 'apply_patch', kind: 'text' },
      { type: 'tool-end', text: '*** Begin Patch\n+ "x"\n*** End Patch' },
      { type: 'usage' },
      { type: 'turn-end', reason: 'tool' },
    ])
    expect(gist(decode([Buffer.from(streams.ciphertextArguments)]))).toMatchObject([
      { type: 'answer-start' },
      { type: 'tool-start' },
      { type: 'tool-end', text: '{"path":"b"}' },
      { type: 'usage' },
      { type: 'turn-end' },
    ])
  })

  test('an answer cut by its limit, and items only this wire has', () => {
    expect(decode([Buffer.from(streams.stable)]).at(-1)).toEqual({
      type: 'turn-end',
      reason: 'length',
    })
    expect(decode([Buffer.from(streams.search)])).toMatchObject([
      { type: 'answer-start' },
      { type: 'opaque', value: { origin: 'responses', value: { type: 'web_search_call' } } },
      { type: 'text-start' },
      { type: 'text-delta' },
      { type: 'text-end', annotations: [{ type: 'url_citation' }] },
      { type: 'usage' },
      { type: 'turn-end', reason: 'stop' },
    ])
  })

  test('what only the closing event holds is not lost', () => {
    const [created, , , , , , , , , completed] = streams.text.split('\n\n')
    const parts = gist(decode([Buffer.from(`${created}\n\n${completed}\n\n`)]))
    expect(parts).toMatchObject([
      { type: 'answer-start' },
      { type: 'text-start' },
      { type: 'text-delta', text: 'Grüß "item_id":"x" Gott 😀' },
      { type: 'text-end' },
      { type: 'usage' },
      { type: 'turn-end' },
    ])
  })

  test('failures', () => {
    expect(decode([Buffer.from(streams.failed)]).at(-1)).toMatchObject({
      type: 'error',
      error: { name: 'RateLimitError', message: 'Slow down.' },
    })
    expect(decode([Buffer.from(streams.error)]).at(-1)).toMatchObject({
      type: 'error',
      error: { name: 'ServiceUnavailableError', message: 'Later.' },
    })
  })

  for (const [name, stream] of Object.entries({
    ...streams.complete,
    failed: streams.failed,
    error: streams.error,
  })) {
    test(`${name}: the same parts wherever it is cut`, () => {
      const whole = decode([Buffer.from(stream)])
      eachCut(stream, (chunks) => {
        expect(decode(chunks)).toEqual(whole)
      })
    })

    test(`${name}: ending early is an error, exactly one`, () => {
      const closing = stream.lastIndexOf('event: ')
      for (let at = 0; at < closing; at += 37) {
        const parts = decode([Buffer.from(stream).subarray(0, at)])
        expect(parts.filter(({ type }) => type === 'error' || type === 'turn-end')).toHaveLength(1)
        expect(parts.at(-1)?.type).toBe('error')
      }
    })
  }
})
