import { describe, expect, test } from 'vitest'
import { isRetryable } from '../../core/errors.ts'
import { coded, expectMeaning, NOW, read } from './__fixtures__/answers.ts'
import type { Row } from './__fixtures__/answers.ts'

const ROWS: readonly Row[] = [
  {
    name: 'a rate',
    status: 429,
    body: coded('rate_limited', 'Slow down.'),
    kind: 'RateLimitError',
    answered: 429,
    code: 'rate_limited',
  },
  {
    name: 'a rate with a suffix',
    status: 429,
    body: coded('user_global_rate_limited:enterprise'),
    kind: 'RateLimitError',
    code: 'user_global_rate_limited',
  },
  {
    name: 'an overloaded model',
    status: 429,
    body: coded('model_overloaded'),
    kind: 'RateLimitError',
  },
  {
    name: 'a blocked client',
    status: 429,
    body: coded('extension_blocked', 'blocked', { type: 'rate_limit_error' }),
    kind: 'PermissionDeniedError',
  },
  {
    name: 'a quota, as it was told until 2026',
    status: 429,
    body: 'quota exceeded\n',
    kind: 'QuotaExceededError',
    answered: 402,
    code: 'quota_exceeded',
  },
  {
    name: "Google's error inside ours",
    status: 429,
    body: coded(
      429,
      JSON.stringify({
        error: { code: 429, message: 'Resource exhausted.', status: 'RESOURCE_EXHAUSTED' },
      }),
    ),
    kind: 'RateLimitError',
    code: '429',
    message: /^Resource exhausted\.$/,
  },
  {
    name: 'an old API version',
    status: 466,
    body: 'bad request: the specified API version is no longer supported.\n',
    kind: 'BadRequestError',
    code: 'api_version_refused',
    message: /x-github-api-version/,
    mend: 'newer-api-version',
  },
  {
    name: 'given up',
    status: 499,
    body: '',
    kind: 'BadGatewayError',
    answered: 502,
    code: 'cancelled',
  },
  {
    name: 'a page',
    status: 500,
    body: '<html><head><title>500 Internal Server Error</title></head></html>',
    kind: 'InternalServerError',
    message: /^500 Internal Server Error$/,
  },
  { name: 'a gateway', status: 502, body: '', kind: 'BadGatewayError', answered: 502 },
  {
    name: 'not available',
    status: 503,
    body: 'upstream connect error',
    kind: 'ServiceUnavailableError',
    answered: 503,
  },
  { name: 'a slow model', status: 504, body: '<html>', kind: 'Timeout', answered: 504 },
  {
    name: "Anthropic's overload",
    status: 529,
    body: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    kind: 'ServiceUnavailableError',
    answered: 503,
  },
  {
    name: 'a chat stream',
    status: 200,
    body: coded('rate_limited'),
    kind: 'RateLimitError',
    answered: 429,
  },
  {
    name: 'a messages stream',
    status: 200,
    body: { type: 'error', error: { type: 'overloaded_error', message: 'x' } },
    kind: 'ServiceUnavailableError',
  },
  {
    name: 'a responses stream',
    status: 200,
    body: { type: 'error', code: 'server_error', message: 'x', param: null },
    kind: 'InternalServerError',
    message: /^x$/,
  },
  {
    name: 'a failed response',
    status: 200,
    body: {
      type: 'response.failed',
      response: { error: { code: 'rate_limit_exceeded', message: 'x' } },
    },
    kind: 'RateLimitError',
  },
  {
    name: "another proxy's word",
    status: 404,
    body: { error: 'Not found by test proxy' },
    kind: 'NotFoundError',
    message: /^Not found by test proxy$/,
  },
]

describe('what an answer means', () => {
  for (const row of ROWS) {
    test(`${row.status}: ${row.name}`, () => {
      expectMeaning(row)
    })
  }
})

describe('when to come back', () => {
  for (const [headers, seconds] of [
    [{ 'retry-after': '30' }, 30],
    [{ 'retry-after': '1.5' }, 1.5],
    [{ 'retry-after': '7, 9' }, 7],
    [{ 'retry-after': new Date(NOW + 90_000).toUTCString() }, 90],
    [{ 'retry-after': new Date(NOW - 90_000).toUTCString() }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'x-ratelimit-user-retry-after': '12' }, 12],
    [{ 'retry-after': '3', 'x-ratelimit-user-retry-after': '12' }, 3],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 60) }, 60],
    [{ 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': String(NOW / 1000 + 60) }, undefined],
    [{}, undefined],
  ] as const) {
    test(`${JSON.stringify(headers)} is ${seconds} s`, () => {
      expect(read(429, coded('rate_limited'), { headers }).error.retry_after).toBe(seconds)
    })
  }

  test("Google's own word inside the error", () => {
    const inner = { error: { code: 429, message: 'x', details: [{ retryDelay: '5.5s' }] } }
    expect(read(429, coded(429, JSON.stringify(inner))).error.retry_after).toBe(5.5)
  })

  test('weeks are said in days, and which limit it was is said too', () => {
    const weeks = read(429, 'quota exceeded', { headers: { 'retry-after': '1814400' } }).error
    expect(weeks.message).toMatch(/about 21 days/)
    expect(isRetryable(weeks)).toBe(false)
    const limit = read(429, coded('user_global_rate_limited', 'Sorry.'), {
      headers: { 'x-ratelimit-exceeded': 'global-chat:global-usage-5-hour-key:octo:PLAN' },
    }).error
    expect(limit.message).toBe('Sorry. (global-chat global-usage-5-hour-key)')
  })
})
