import { describe, expect, test } from 'vitest'
import {
  APIConnectionError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  QuotaExceededError,
  RateLimitError,
} from '../../core/errors.ts'
import { nextStep } from './next-step.ts'
import type { NextStep, Situation } from './next-step.ts'

const broken = new InternalServerError('down')
const renew = { kind: 'renew-credential' } as const

function decide(changes: Partial<Situation>): NextStep {
  return nextStep({
    error: broken,
    mend: undefined,
    mended: [],
    otherTarget: false,
    fallbacks: false,
    retriesMade: 0,
    retriesAllowed: 2,
    timeLeftMs: 60_000,
    withdraw: () => true,
    random: () => 0.5,
    ...changes,
  })
}

describe('what comes after a failure', () => {
  const cases: readonly (readonly [string, Partial<Situation>, NextStep])[] = [
    ['back off with jitter', {}, { kind: 'retry', waitMs: 250, target: 'same' }],
    ['longer the second time', { retriesMade: 1 }, { kind: 'retry', waitMs: 500, target: 'same' }],
    [
      'never longer than 8 seconds by itself',
      { retriesMade: 9, retriesAllowed: 10, random: () => 0.999_999 },
      { kind: 'retry', waitMs: 7999.992, target: 'same' },
    ],
    [
      'another target at once',
      { otherTarget: true },
      { kind: 'retry', waitMs: 0, target: 'other' },
    ],
    [
      'the wait that is asked for',
      { error: new RateLimitError('x', { retry_after: 7 }) },
      { kind: 'retry', waitMs: 7000, target: 'same' },
    ],
    [
      'the back-off where it is longer than that',
      { error: new RateLimitError('x', { retry_after: 0.1 }) },
      { kind: 'retry', waitMs: 250, target: 'same' },
    ],
    [
      'a cut connection is tried again at once, the first time',
      { error: new APIConnectionError('x', { code: 'connection_reset' }) },
      { kind: 'retry', waitMs: 0, target: 'same' },
    ],
    [
      'and with a pause the second time',
      { error: new APIConnectionError('x', { code: 'connection_reset' }), retriesMade: 1 },
      { kind: 'retry', waitMs: 500, target: 'same' },
    ],
    [
      'a limit of five minutes or more is the caller’s to know of',
      { error: new RateLimitError('x', { retry_after: 301 }), timeLeftMs: 1e9 },
      { kind: 'give-up', reason: 'the upstream asks to wait 301 s' },
    ],
    [
      'but not when somebody else may answer',
      { error: new RateLimitError('x', { retry_after: 301 }), otherTarget: true },
      { kind: 'retry', waitMs: 0, target: 'other' },
    ],
    [
      'no wait beyond the deadline',
      { error: new RateLimitError('x', { retry_after: 60 }) },
      { kind: 'give-up', reason: 'the wait is longer than the time left' },
    ],
    [
      'a moment’s patience, although other models are there',
      { error: new RateLimitError('x', { retry_after: 5 }), fallbacks: true },
      { kind: 'retry', waitMs: 5000, target: 'same' },
    ],
    [
      'no more than that',
      { error: new RateLimitError('x', { retry_after: 6 }), fallbacks: true },
      { kind: 'give-up', reason: 'another model may answer sooner' },
    ],
    [
      'no more than allowed',
      { retriesMade: 2 },
      { kind: 'give-up', reason: 'no retries are left' },
    ],
    [
      'none when none are allowed',
      { retriesAllowed: 0 },
      { kind: 'give-up', reason: 'no retries are left' },
    ],
    [
      'none when all calls together retry too much',
      { withdraw: () => false },
      { kind: 'give-up', reason: 'too many calls are being retried' },
    ],
    [
      'a wrong request is wrong everywhere',
      { error: new BadRequestError('x'), otherTarget: true },
      { kind: 'give-up', reason: 'the same call would fail again' },
    ],
    [
      'an empty quota is not asked twice',
      { error: new QuotaExceededError('x') },
      { kind: 'give-up', reason: 'the same call would fail again' },
    ],
    [
      'an empty quota is another target’s chance',
      { error: new QuotaExceededError('x'), otherTarget: true },
      { kind: 'retry', waitMs: 0, target: 'other' },
    ],
    [
      'mend first',
      { error: new AuthenticationError('x'), mend: renew },
      { kind: 'mend', mend: renew },
    ],
    [
      'a mend does not count as a retry',
      {
        error: new AuthenticationError('x'),
        mend: renew,
        retriesAllowed: 0,
        withdraw: () => false,
      },
      { kind: 'mend', mend: renew },
    ],
    [
      'mend once',
      { error: new AuthenticationError('x'), mend: renew, mended: ['renew-credential'] },
      { kind: 'give-up', reason: 'the same call would fail again' },
    ],
    [
      'a second parameter of the same kind is another mend',
      {
        error: new BadRequestError('x'),
        mend: { kind: 'drop-parameter', name: 'top_p', model: 'm' },
        mended: ['drop-parameter:m:temperature'],
      },
      { kind: 'mend', mend: { kind: 'drop-parameter', name: 'top_p', model: 'm' } },
    ],
    [
      'no mend after the deadline',
      { error: new AuthenticationError('x'), mend: renew, timeLeftMs: 0 },
      { kind: 'give-up', reason: 'no time is left' },
    ],
  ]
  for (const [name, changes, expected] of cases) {
    test(name, () => {
      expect(decide(changes)).toEqual(expected)
    })
  }
})

test('the budget is asked only when a retry would be made', () => {
  let asked = 0
  const withdraw = (): boolean => {
    asked++
    return true
  }
  decide({ withdraw, retriesMade: 2 })
  decide({ withdraw, error: new BadRequestError('x') })
  expect(asked).toBe(0)
  decide({ withdraw })
  expect(asked).toBe(1)
})
