import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { delta, finish, healthy, opening, sse } from './__fixtures__/chunks.ts'
import { options, run } from './__fixtures__/relayed.ts'
import { createRelayFilter } from './relay.ts'

describe('a stream that needs no repair', () => {
  test('goes through as the very buffers it came in', () => {
    const filter = createRelayFilter(options)
    for (const event of healthy) {
      const bytes = sse(event)
      expect(filter.push(bytes)).toBe(bytes)
    }
    expect(filter.end()).toHaveLength(0)
    expect(filter.finished).toBe(true)
  })

  test('several events in one buffer, too, and comments between them', () => {
    const bytes = Buffer.concat([
      sse(...healthy.slice(0, 2)),
      Buffer.from(': ping\n\n'),
      sse(...healthy.slice(2)),
    ])
    expect(createRelayFilter(options).push(bytes)).toBe(bytes)
  })

  test.each([
    ['white space inside', (text: string) => text.replaceAll('":', '": ')],
    ['carriage returns', (text: string) => text.replaceAll('\n', '\r\n')],
    ['no space after the colon', (text: string) => text.replaceAll('data: {', 'data:{')],
    ['an event name', (text: string) => text.replaceAll('data: {', 'event: message\ndata: {')],
  ])('written otherwise: %s', (_, write) => {
    const bytes = Buffer.from(write(sse(...healthy).toString()))
    expect(createRelayFilter(options).push(bytes)).toBe(bytes)
  })

  test('with tools and parallel calls that are numbered well', () => {
    const bytes = sse(
      delta({ role: 'assistant', content: null }),
      delta({
        tool_calls: [
          { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } },
        ],
      }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] }),
      delta({
        tool_calls: [
          { index: 1, id: 'call_2', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      }),
      finish('tool_calls'),
      '[DONE]',
    )
    expect(createRelayFilter(options).push(bytes)).toBe(bytes)
  })

  test('the cuts decide only how the bytes are handed on', () => {
    const bytes = sse(...healthy)
    for (let at = 0; at <= bytes.length; at++)
      expect(run([bytes.subarray(0, at), bytes.subarray(at)]).text).toBe(bytes.toString())
  })
})

describe('usage is read beside the stream', () => {
  const usage = {
    prompt_tokens: 20,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 12 },
    completion_tokens_details: { reasoning_tokens: 3 },
  }
  test.each([
    [
      'on the finish chunk',
      [opening, finish('stop', { usage, copilot_usage: { total_nano_aiu: 42 } })],
    ],
    [
      'in a chunk of its own',
      [
        opening,
        finish(),
        { ...finish(), choices: [], usage, copilot_usage: { total_nano_aiu: 42 } },
      ],
    ],
  ])('%s', (_, input) => {
    expect(run([sse(...input, '[DONE]')]).filter.usage).toEqual({
      inputTokens: 20,
      cachedInputTokens: 12,
      cacheWriteTokens: 0,
      outputTokens: 7,
      reasoningTokens: 3,
      nanoCredits: 42,
    })
  })
})

test('any bytes end in a closing event: never a crash, never a silent cut', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(
        fc.oneof(
          fc.jsonValue(),
          fc.constantFrom(
            ...healthy,
            { choices: [{}] },
            { choices: [{ delta: { tool_calls: [{}, 1] } }] },
          ),
        ),
        { maxLength: 6 },
      )
      .map((values) =>
        sse(...values.map((value) => (value === '[DONE]' ? '[DONE]' : JSON.stringify(value)))),
      ),
  )
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 4 }), (chunks) => {
      const { text, filter } = run(chunks)
      expect(filter.finished).toBe(filter.failure === undefined)
      const last = text.split('\n\n').at(-2) ?? ''
      if (filter.failure === undefined) expect(text).toContain('[DONE]')
      else expect(last).toMatch(/"error":\{/)
    }),
    { numRuns: 300 },
  )
})
