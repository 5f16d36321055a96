import { describe, expect, test } from 'vitest'
import type { StreamOptions } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { call, chunk, delta, finish, healthy, opening, sse } from './__fixtures__/chunks.ts'
import { relayed, run } from './__fixtures__/relayed.ts'

const USAGE = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }
const without = (value: JsonObject, ...names: string[]): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))

interface Case {
  readonly name: string
  readonly input: readonly (JsonObject | string)[]
  readonly output: readonly (JsonObject | string)[]
  readonly options?: Partial<StreamOptions>
}

const [first, second] = healthy as [JsonObject, JsonObject]
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
