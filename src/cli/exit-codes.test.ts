import { expect, test } from 'vitest'
import { ConfigError } from '../config/problem.ts'
import {
  APIConnectionError,
  AuthenticationError,
  BadRequestError,
  BudgetExceededError,
  JetwayError,
  PermissionDeniedError,
  QuotaExceededError,
  RateLimitError,
  ServiceUnavailableError,
  Timeout,
} from '../core/errors.ts'
import { exitCodeOf, ExitError, Interrupted, UsageError } from './exit-codes.ts'

const cases: readonly [unknown, number][] = [
  [new Error('any'), 1],
  [new BadRequestError('bad'), 1],
  [new UsageError('no such word'), 2],
  [new AuthenticationError('signed out'), 3],
  [new PermissionDeniedError('no seat'), 3],
  [new ConfigError([{ message: 'wrong' }]), 4],
  [new JetwayError('plain http', { code: 'invalid_configuration' }), 4],
  [new APIConnectionError('refused'), 5],
  [new Timeout('slow'), 5],
  [new ServiceUnavailableError('down'), 5],
  [new QuotaExceededError('used up'), 6],
  [new RateLimitError('slow down'), 6],
  [new BudgetExceededError('spent'), 6],
  [new ExitError(3, 'signed out'), 3],
  [new Interrupted('SIGINT'), 130],
  [new Interrupted('SIGTERM'), 143],
]

test.each(cases)('%s', (error, code) => {
  expect(exitCodeOf(error)).toBe(code)
})
