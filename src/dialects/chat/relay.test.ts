import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StreamOptions } from '../../core/dialect.ts'
import { APIConnectionError, JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { createRelayFilter } from './relay.ts'

const options: StreamOptions = {
  requestId: 'request-1',
  includeUsage: false,
  nowMs: 1_790_000_000_123,
  candidates: 1,
}
const USAGE = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }

function chunk(choice: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    id: 'chatcmpl-X',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'gpt-4.1-2025-04-14',
    choices: [{ index: 0, ...choice }],
    ...more,
  }
}
const delta = (value: JsonObject, more: JsonObject = {}): JsonObject =>
  chunk({ delta: value, finish_reason: null }, more)
const finish = (reason = 'stop', more: JsonObject = {}): JsonObject =>
  chunk({ delta: {}, finish_reason: reason }, more)
const without = (value: JsonObject, ...names: string[]): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))

function sse(...events: (JsonObject | string)[]): Buffer {
  return Buffer.from(
    events
      .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
      .join(''),
  )
}

function run(chunks: readonly Uint8Array[], changed: Partial<StreamOptions> = {}) {
  const filter = createRelayFilter({ ...options, ...changed })
  const out = chunks.map((bytes) => Buffer.from(filter.push(bytes)))
  out.push(Buffer.from(filter.end()))
  return { text: Buffer.concat(out).toString(), filter }
}

function events(text: string): (JsonObject | string)[] {
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => {
      const data = event.replace(/^data: /, '')
      return data.startsWith('{') ? (JSON.parse(data) as JsonObject) : data
    })
}

const relayed = (input: readonly (JsonObject | string)[], changed?: Partial<StreamOptions>) =>
  events(run([sse(...input)], changed).text)

const healthy = [
  delta({ role: 'assistant', content: '' }),
  delta({ content: 'Hi "padding" ü€😀' }),
  delta({ content: '{"object":"x","error":1}' }),
  finish(),
  '[DONE]',
]

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

interface Case {
  readonly name: string
  readonly input: readonly (JsonObject | string)[]
  readonly output: readonly (JsonObject | string)[]
  readonly options?: Partial<StreamOptions>
}

const [first, second] = healthy as [JsonObject, JsonObject]
const opening = delta({ role: 'assistant', content: 'a' })
const call = (index: number, id: string | undefined, text: string): JsonObject =>
  delta({
    content: null,
    tool_calls: [
      {
        ...(id === undefined ? {} : { id, type: 'function' }),
        index,
        function: { ...(id === undefined ? {} : { name: `f_${id}` }), arguments: text },
      },
    ],
  })

const named = (event: JsonObject): JsonObject => ({
  ...event,
  id: 'chatcmpl-request-1',
  model: 'asked-for',
})

const cases: readonly Case[] = [
  {
    name: 'a missing object is put in',
    input: [
      ...healthy.slice(0, 4).map((event) => without(event as JsonObject, 'object')),
      '[DONE]',
    ],
    output: healthy,
  },
  {
    name: 'an empty object, a zero time and an empty id are filled in',
    input: [first, { ...second, object: '', created: 0, id: '' }, finish(), '[DONE]'],
    output: [first, second, finish(), '[DONE]'],
  },
  {
    name: 'an answer without any identity gets one',
    input: [
      ...[delta({ role: 'assistant', content: 'a' }), delta({ content: 'b' }), finish()].map(
        (event) => without(event, 'id', 'object', 'created', 'model'),
      ),
      '[DONE]',
    ],
    output: [
      named(delta({ role: 'assistant', content: 'a' })),
      named(delta({ content: 'b' })),
      named(finish()),
      '[DONE]',
    ],
    options: { model: 'asked-for' },
  },
  {
    name: 'the asked-for model name is put in place',
    input: healthy,
    output: healthy.map((event) =>
      typeof event === 'string' ? event : { ...event, model: 'gpt-4.1 ü' },
    ),
    options: { model: 'gpt-4.1 ü' },
  },
  {
    name: 'padding is junk',
    input: [
      first,
      delta({ content: 'x', padding: 'abcdefgh' }),
      { ...finish(), padding: 'abc' },
      '[DONE]',
    ],
    output: [first, delta({ content: 'x' }), finish(), '[DONE]'],
  },
  {
    name: 'the filter-only first chunk is left out',
    input: [
      {
        choices: [],
        created: 0,
        id: '',
        model: '',
        object: '',
        prompt_filter_results: [{ prompt_index: 0 }],
      },
      ...healthy,
    ],
    output: healthy,
  },
  {
    name: 'references without choices are left out',
    input: [first, { choices: null, copilot_references: [{ id: 'r' }] }, ...healthy.slice(1)],
    output: healthy,
  },
  {
    name: 'a repeated role goes, inserted members come',
    input: [
      opening,
      without(delta({ content: 'x', role: 'assistant' }), 'object'),
      delta({ role: 'assistant', content: ',}' }),
      delta({ role: 'assistant' }),
      finish(),
      '[DONE]',
    ],
    output: [
      opening,
      delta({ content: 'x' }),
      delta({ content: ',}' }),
      delta({}),
      finish(),
      '[DONE]',
    ],
  },
  {
    name: 'parallel calls that all claim index 0 are told apart',
    input: [
      opening,
      call(0, 'a', ''),
      call(0, undefined, '{}'),
      call(0, 'b', ''),
      call(0, undefined, '{"x":'),
      call(0, undefined, '1}'),
      finish('tool_calls'),
      '[DONE]',
    ],
    output: [
      opening,
      call(0, 'a', ''),
      call(0, undefined, '{}'),
      call(1, 'b', ''),
      call(1, undefined, '{"x":'),
      call(1, undefined, '1}'),
      finish('tool_calls'),
      '[DONE]',
    ],
  },
  {
    name: 'calls that begin at index 1 begin at 0',
    input: [opening, call(1, 'a', ''), call(1, undefined, '{}'), finish('tool_calls'), '[DONE]'],
    output: [opening, call(0, 'a', ''), call(0, undefined, '{}'), finish('tool_calls'), '[DONE]'],
  },
  {
    name: 'a missing finish reason is supplied: stop',
    input: [opening, '[DONE]'],
    output: [opening, finish('stop'), '[DONE]'],
  },
  {
    name: 'a missing finish reason is supplied: tool_calls, before the usage',
    input: [opening, call(0, 'a', '{}'), { ...finish(), choices: [], usage: USAGE }, '[DONE]'],
    output: [
      opening,
      call(0, 'a', '{}'),
      finish('tool_calls'),
      { ...finish(), choices: [], usage: USAGE },
      '[DONE]',
    ],
    options: { includeUsage: true },
  },
  {
    name: 'a missing [DONE] is supplied after a finish reason',
    input: [opening, finish()],
    output: [opening, finish(), '[DONE]'],
  },
  {
    name: 'usage not asked for: its own chunk is left out',
    input: [opening, finish(), { ...finish(), choices: [], usage: USAGE }, '[DONE]'],
    output: [opening, finish(), '[DONE]'],
  },
  {
    name: 'usage asked for and in its own chunk goes through',
    input: [opening, finish(), { ...finish(), choices: [], usage: USAGE }, '[DONE]'],
    output: [opening, finish(), { ...finish(), choices: [], usage: USAGE }, '[DONE]'],
    options: { includeUsage: true },
  },
  {
    name: 'usage asked for and on the finish chunk moves to its own, the last',
    input: [opening, finish('stop', { usage: USAGE, copilot_usage: { total_nano_aiu: 5 } })],
    output: [
      opening,
      finish(),
      { ...finish(), choices: [], usage: USAGE, copilot_usage: { total_nano_aiu: 5 } },
      '[DONE]',
    ],
    options: { includeUsage: true },
  },
  {
    name: 'usage asked for and sent twice is sent once',
    input: [
      opening,
      finish('stop', { usage: USAGE }),
      { ...finish(), choices: [], usage: USAGE },
      { ...finish(), choices: [], usage: USAGE },
      '[DONE]',
    ],
    output: [opening, finish(), { ...finish(), choices: [], usage: USAGE }, '[DONE]'],
    options: { includeUsage: true },
  },
  {
    name: 'split sealed reasoning goes out whole, where it began',
    input: [
      opening,
      delta({ reasoning_text: 'thinking' }),
      delta({ reasoning_opaque: 'AAA' }),
      delta({ reasoning_opaque: 'BBB', reasoning_text: '!' }),
      delta({ content: 'x' }),
      delta({ reasoning_opaque: 'AAABBB' }),
      finish(),
      '[DONE]',
    ],
    output: [
      opening,
      delta({ reasoning_text: 'thinking' }),
      delta({ reasoning_opaque: 'AAABBB' }),
      delta({ reasoning_text: '!' }),
      delta({ content: 'x' }),
      delta({}),
      finish(),
      '[DONE]',
    ],
  },
  {
    name: 'several answers keep their roles and each gets its end',
    input: [
      chunk({ delta: { role: 'assistant', content: 'a' } }),
      chunk({ index: 1, delta: { role: 'assistant', content: 'b' } }),
      chunk({ delta: {}, finish_reason: 'stop' }),
      '[DONE]',
    ],
    output: [
      chunk({ delta: { role: 'assistant', content: 'a' } }),
      chunk({ index: 1, delta: { role: 'assistant', content: 'b' } }),
      chunk({ delta: {}, finish_reason: 'stop' }),
      chunk({ index: 1, delta: {}, finish_reason: 'stop' }),
      '[DONE]',
    ],
    options: { candidates: 2 },
  },
]

describe('repairs', () => {
  for (const { name, input, output, options: changed } of cases) {
    test(name, () => {
      expect(relayed(input, changed)).toEqual(output)
    })
    test(`${name}, wherever the stream is cut`, () => {
      const bytes = sse(...input)
      const whole = run([bytes], changed).text
      for (let at = 0; at <= bytes.length; at++)
        expect(run([bytes.subarray(0, at), bytes.subarray(at)], changed).text).toBe(whole)
    })
  }
})

describe('a stream that fails', () => {
  const failures: readonly (readonly [string, readonly (JsonObject | string)[], string])[] = [
    [
      'an error event',
      [opening, { error: { code: 'rate_limited', message: 'Slow down.' } }, finish(), '[DONE]'],
      'Slow down.',
    ],
    [
      'an error in references',
      [opening, { choices: null, copilot_errors: [{ type: 'agent', code: '1', message: 'No.' }] }],
      'No.',
    ],
    [
      'the finish reason error',
      [opening, finish('error'), '[DONE]'],
      'The upstream broke the answer off.',
    ],
    [
      'an end in the middle',
      [opening],
      'The upstream ended the stream in the middle of the answer.',
    ],
    [
      'an end before the beginning',
      [],
      'The upstream ended the stream in the middle of the answer.',
    ],
    ['nothing but [DONE]', ['[DONE]'], 'The upstream ended the stream without an answer.'],
    [
      'broken JSON',
      [opening, '{"id":"chatcmpl-X","choices":[{'],
      'The upstream sent an event that is not JSON.',
    ],
  ]
  for (const [name, input, message] of failures) {
    test(`${name}: ends with one error event and no [DONE]`, () => {
      const { text, filter } = run([sse(...input)])
      const last = events(text).at(-1) as JsonObject
      expect(last).toMatchObject({ error: { message, param: null } })
      expect(text.match(/"error":/g)).toHaveLength(1)
      expect(text).not.toContain('[DONE]')
      expect(filter.finished).toBe(false)
      expect(filter.failure).toBeInstanceOf(JetwayError)
    })
  }

  test.each([
    ['{"error":{"message":"Slow down.","code":"rate_limited"}}\n', 'Slow down.'],
    ['{"choices":[]}', 'The upstream did not stream its answer.'],
  ])('a body that is no stream: %s', (body, message) => {
    const { text, filter } = run([Buffer.from(body)])
    expect(events(text)).toMatchObject([{ error: { message } }])
    expect(filter.failure?.message).toBe(message)
  })

  test('a cut connection: what was held goes out, then the error', () => {
    const filter = createRelayFilter(options)
    filter.push(sse(opening, delta({ reasoning_opaque: 'AAA' })))
    const out = events(Buffer.from(filter.fail(new APIConnectionError('gone'))).toString())
    expect(out).toEqual([
      delta({ reasoning_opaque: 'AAA' }),
      { error: { message: 'gone', type: 'api_error', param: null, code: null } },
    ])
    expect(filter.fail(new APIConnectionError('again'))).toHaveLength(0)
    expect(filter.end()).toHaveLength(0)
  })

  test('after the closing event nothing fails any more', () => {
    const filter = createRelayFilter(options)
    filter.push(sse(...healthy))
    expect(filter.fail(new APIConnectionError('late'))).toHaveLength(0)
  })

  test('an event over the bound', () => {
    const filter = createRelayFilter({ ...options, maxEventBytes: 200 })
    expect(() => filter.push(Buffer.from(`data: ${'x'.repeat(300)}`))).toThrow(JetwayError)
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
