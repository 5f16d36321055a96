import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadGatewayError, JetwayError } from '../../core/errors.ts'
import { asObject, type JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { eachCut, events, gist, options } from '../messages/__fixtures__/run-stream.ts'
import { decode, follow, relay } from './__fixtures__/run-stream.ts'
import * as streams from './__fixtures__/streams.ts'
import { responsesWire } from './index.ts'

describe('relaying', () => {
  for (const [name, stream] of Object.entries(streams.complete)) {
    test(`${name}: one id for each item, deltas that add up, the same wherever it is cut`, () => {
      const whole = relay([Buffer.from(stream)])
      const { added, done, ids } = follow(events(whole))
      expect(new Set(ids).size).toBe(ids.length)
      for (const id of ids) expect(id.length).toBeLessThanOrEqual(64)
      for (const [id, text] of done) expect(added.get(id)).toBe(text)
      const answers = events(whole).flatMap((event) => asObject(event['response'])?.['id'] ?? [])
      expect(new Set(answers).size).toBe(1)
      expect(whole).not.toContain('obfuscation')
      eachCut(stream, (chunks) => {
        expect(relay(chunks)).toBe(whole)
      })
      // What it says has not changed.
      const ours = new Set(['id', 'itemId', 'created'])
      const strip = (parts: readonly Part[]): unknown =>
        JSON.parse(
          JSON.stringify(gist(parts), (key, value: unknown) => (ours.has(key) ? undefined : value)),
        )
      const plain = (list: unknown): unknown =>
        (list as JsonObject[]).filter(({ type }) => type !== 'tool-delta')
      expect(plain(strip(decode([Buffer.from(whole)])))).toEqual(
        plain(strip(decode([Buffer.from(stream)]))),
      )
    })
  }

  test('an upstream that keeps its ids gets every byte handed on', () => {
    const filter = responsesWire.createRelayFilter(options)
    const bytes = Buffer.from(streams.stable)
    expect(filter.push(bytes)).toBe(bytes)
    expect(filter).toMatchObject({
      finished: true,
      failure: undefined,
      usage: { inputTokens: 120, outputTokens: 30 },
    })
    expect(filter.end()).toHaveLength(0)
  })

  test('the name asked for stands in every response', () => {
    const out = events(relay([Buffer.from(streams.text)], { ...options, model: 'gpt-5.4' }))
    const names = out.flatMap((event) => asObject(event['response'])?.['model'] ?? [])
    expect(names).toEqual(['gpt-5.4', 'gpt-5.4', 'gpt-5.4'])
    expect(asObject(out.at(-1)?.['response'])?.['output_text']).toBe('Grüß "item_id":"x" Gott 😀')
  })

  test('a stream cut early ends with an error and a failed response', () => {
    const at = streams.text.indexOf('event: response.output_text.done')
    const filter = responsesWire.createRelayFilter(options)
    filter.push(Buffer.from(streams.text.slice(0, at)))
    const tail = events(Buffer.from(filter.end()).toString())
    expect(tail).toMatchObject([
      { type: 'error', sequence_number: 6 },
      {
        type: 'response.failed',
        sequence_number: 7,
        response: { object: 'response', status: 'failed', error: { code: 'server_error' } },
      },
    ])
    expect(filter).toMatchObject({ finished: false, failure: { name: 'APIConnectionError' } })
  })

  test('failures are read, and an error event gets its failed response', () => {
    const filter = responsesWire.createRelayFilter(options)
    const out = events(Buffer.from(filter.push(Buffer.from(streams.error))).toString())
    expect(out.map(({ type }) => type)).toEqual(['response.created', 'error', 'response.failed'])
    expect(filter.failure).toMatchObject({ name: 'ServiceUnavailableError' })
    expect(filter.end()).toHaveLength(0)

    const failed = responsesWire.createRelayFilter(options)
    failed.push(Buffer.from(streams.failed))
    expect(failed.failure).toMatchObject({ name: 'RateLimitError' })
    expect(failed.fail(new JetwayError('late'))).toHaveLength(0)
    expect(failed.end()).toHaveLength(0)
  })
})

test('any bytes: a valid end or an error, never a crash', () => {
  const line = fc.oneof(
    fc.string(),
    fc.json().map((json) => `data: ${json}`),
    fc.constantFrom(...streams.tools.split('\n\n'), ...streams.text.split('\n\n')),
    fc.constantFrom(
      'event: error',
      'data: [DONE]',
      'data: {"type":"response.output_item.added","output_index":0,"item":null}',
      'data: {"type":"response.completed"}',
    ),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.uint8Array(), (lines, noise) => {
      const chunks = [Buffer.from(`${lines.join('\n\n')}\n\n`), noise]
      const parts = decode(chunks)
      expect(parts.filter(({ type }) => type === 'error' || type === 'turn-end')).toHaveLength(1)
      const filter = responsesWire.createRelayFilter(options)
      try {
        for (const chunk of chunks) filter.push(chunk)
        filter.end()
      } catch (error) {
        expect(error).toBeInstanceOf(BadGatewayError)
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
