import { describe, expect, test } from 'vitest'
import { errorName } from '../core/errors.ts'
import type { ErrorName } from '../core/errors.ts'
import { readFailure } from './read-failure.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')

function read(status: number, body: unknown, headers: Record<string, string> = {}) {
  return readFailure(
    {
      status,
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      wire: 'chat',
      model: 'm',
      requestId: 'r',
    },
    'litellm_proxy',
    NOW,
  )
}

const openai = (message: string, code: unknown = null, type = 'invalid_request_error') => ({
  error: { message, type, param: null, code },
})

describe('which class a refusal is', () => {
  const cases: readonly (readonly [string, number, unknown, ErrorName])[] = [
    ['a status alone', 503, '', 'ServiceUnavailableError'],
    ['a page for people', 502, '<html>Bad Gateway</html>', 'BadGatewayError'],
    ['OpenAI 401', 401, openai('Incorrect API key provided'), 'AuthenticationError'],
    [
      'OpenAI context',
      400,
      openai('too long', 'context_length_exceeded'),
      'ContextWindowExceededError',
    ],
    [
      'OpenAI quota',
      429,
      openai('You exceeded your quota', 'insufficient_quota'),
      'QuotaExceededError',
    ],
    ['OpenAI rate', 429, openai('Rate limit reached', 'rate_limit_exceeded'), 'RateLimitError'],
    [
      'Anthropic overloaded',
      529,
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      'InternalServerError',
    ],
    [
      'Anthropic too long',
      400,
      { error: { message: 'prompt is too long: 210000 tokens > 200000 maximum' } },
      'ContextWindowExceededError',
    ],
    [
      'LiteLLM names its class',
      400,
      openai('litellm.ContextWindowExceededError: litellm.BadRequestError: x', '400'),
      'ContextWindowExceededError',
    ],
    [
      'LiteLLM bad request that tells more',
      400,
      openai(
        "litellm.BadRequestError: OpenAIException - This model's maximum context length is 10",
        '400',
      ),
      'ContextWindowExceededError',
    ],
    [
      'LiteLLM rate limit',
      429,
      openai('litellm.RateLimitError: RateLimitError: slow down', '429'),
      'RateLimitError',
    ],
    [
      'LiteLLM budget',
      400,
      { error: { message: 'Budget has been exceeded!', type: 'budget_exceeded', code: '400' } },
      'BudgetExceededError',
    ],
    [
      'LiteLLM unknown class',
      418,
      openai('litellm.TeapotError: short and stout'),
      'BadRequestError',
    ],
    ['a prototype word for a class', 400, openai('litellm.constructor: x'), 'BadRequestError'],
    ['FastAPI detail', 404, { detail: 'Not Found' }, 'NotFoundError'],
  ]
  for (const [name, status, body, expected] of cases) {
    test(name, () => {
      expect(errorName(read(status, body).error)).toBe(expected)
    })
  }
})

test('the message is LiteLLM’s own without its frame', () => {
  expect(read(429, openai('litellm.RateLimitError: RateLimitError: slow down')).error.message).toBe(
    'slow down',
  )
})

test('a quoted key is cut out', () => {
  const { message } = read(401, openai('Invalid key sk-abcdefghijkl given')).error
  expect(message).toBe('Invalid key sk-… given')
})

describe('retry-after', () => {
  const cases: readonly (readonly [Record<string, string>, number | undefined])[] = [
    [{ 'retry-after': '7' }, 7],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30],
    [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1.5],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ]
  for (const [headers, expected] of cases) {
    test(JSON.stringify(headers), () => {
      expect(read(429, '', headers).error.retry_after).toBe(expected)
    })
  }
})

test('a parameter that has another name is mended', () => {
  const said =
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
  expect(read(400, openai(said, 'unsupported_parameter')).mend).toEqual({
    kind: 'rename-parameter',
    from: 'max_tokens',
    to: 'max_completion_tokens',
    model: 'm',
  })
  expect(read(400, openai('max_tokens is too large')).mend).toBeUndefined()
})
