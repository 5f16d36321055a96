import { describe, expect, test } from 'vitest'
import { APIConnectionError, JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { delta, finish, healthy, opening, sse } from './__fixtures__/chunks.ts'
import { events, options, run } from './__fixtures__/relayed.ts'
import { createRelayFilter } from './relay.ts'

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
