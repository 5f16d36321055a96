import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JetwayError } from '../../core/errors.ts'
import { decode, eachCut, events, options } from './__fixtures__/run-stream.ts'
import * as streams from './__fixtures__/streams.ts'
import { messagesWire } from './index.ts'

function relay(chunks: readonly Uint8Array[], using = options): string {
  const filter = messagesWire.createRelayFilter(using)
  const out = chunks.map((chunk) => Buffer.from(filter.push(chunk)))
  return Buffer.concat([...out, filter.end()]).toString()
}

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
