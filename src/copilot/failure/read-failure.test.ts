import { describe, expect, test } from 'vitest'
import type { ErrorName } from '../../core/errors.ts'
import { errorName, isRetryable } from '../../core/errors.ts'
import type { Failure, Mend, Refusal } from '../../core/upstream.ts'
import type { NamedError } from '../../emulator/index.ts'
import { createWorld, never } from '../__fixtures__/world.ts'
import { readCopilotFailure } from './read-failure.ts'
import type { FailureContext } from './read-failure.ts'

const NOW = 1_790_000_000_000

const context: FailureContext = {
  nowMs: NOW,
  acceptPolicies: false,
  openPolicy: () => undefined,
  hasOtherWire: () => false,
}

function read(
  status: number,
  body: unknown,
  more: Partial<Refusal> & { readonly context?: Partial<FailureContext> } = {},
): Failure {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`
  const { context: changes, ...refusal } = more
  return readCopilotFailure(
    { status, headers: {}, body: text, wire: 'chat', model: 'm', requestId: 'r', ...refusal },
    { ...context, ...changes },
  )
}

const coded = (code: string | number, message = 'as it says', more: object = {}): object => ({
  error: { message, code, ...more },
})

interface Row {
  readonly name: string
  readonly status: number
  readonly body: unknown
  readonly kind: ErrorName
  readonly answered?: number
  readonly code?: string | RegExp
  readonly message?: RegExp
  readonly mend?: Mend['kind']
}

const ROWS: readonly Row[] = [
  {
    name: 'unknown or not entitled',
    status: 400,
    body: coded('model_not_supported', 'The requested model is not supported.', {
      param: 'model',
      type: 'invalid_request_error',
    }),
    kind: 'BadRequestError',
    answered: 400,
    code: 'model_not_supported',
    message: /part of the plan/,
  },
  {
    name: 'prompt too long',
    status: 400,
    body: coded(
      'model_max_prompt_tokens_exceeded',
      'prompt token count of 140000 exceeds the limit of 128000',
    ),
    kind: 'ContextWindowExceededError',
    code: 'model_max_prompt_tokens_exceeded',
  },
  {
    name: 'prompt too long, 2025',
    status: 400,
    body: coded(
      'model_max_prompt_tokens_exceeded',
      'prompt token count of 140000 exceeds the limit of 128000',
      { param: '', type: '' },
    ),
    kind: 'ContextWindowExceededError',
  },
  {
    name: "prompt too long, Anthropic's words",
    status: 400,
    body: {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'prompt is too long: 210000 tokens > 200000 maximum',
      },
    },
    kind: 'ContextWindowExceededError',
    code: 'context_length_exceeded',
  },
  {
    name: "prompt too long, OpenAI's words",
    status: 400,
    body: coded('context_length_exceeded', 'Your input exceeds the context window of this model.'),
    kind: 'ContextWindowExceededError',
  },
  {
    name: 'a wrong body',
    status: 400,
    body: coded('invalid_request_body', 'messages is missing'),
    kind: 'BadRequestError',
    code: 'invalid_request_body',
    message: /^messages is missing$/,
  },
  {
    name: 'a lost answer',
    status: 400,
    body: coded('previous_response_not_found', 'Previous response not found'),
    kind: 'BadRequestError',
    code: 'previous_response_not_found',
  },
  {
    name: 'off topic',
    status: 400,
    body: 'off_topic: not about software\n',
    kind: 'ContentPolicyViolationError',
    code: 'off_topic',
  },
  {
    name: 'a filter',
    status: 400,
    body: coded('content_filter', 'filtered'),
    kind: 'ContentPolicyViolationError',
  },
  {
    name: 'no editor version',
    status: 400,
    body: 'bad request: missing Editor-Version header for IDE auth\n',
    kind: 'BadRequestError',
    code: 'missing_editor_version',
    message: /editor-version/,
  },
  {
    name: 'a token kind',
    status: 400,
    body: 'bad request: Personal Access Tokens are not supported for this endpoint\n',
    kind: 'AuthenticationError',
    answered: 401,
    code: 'token_kind_refused',
    mend: 'renew-credential',
  },
  {
    name: 'a server token',
    status: 400,
    body: 'GitHub App Server-To-Server Tokens are not supported for this endpoint',
    kind: 'AuthenticationError',
    mend: 'renew-credential',
  },
  {
    name: 'a bad header',
    status: 400,
    body: 'bad request: Authorization header is badly formatted',
    kind: 'AuthenticationError',
    mend: 'renew-credential',
  },
  {
    name: 'nothing but a status',
    status: 400,
    body: 'Bad Request\n',
    kind: 'BadRequestError',
    message: /^Bad Request$/,
  },
  {
    name: 'nothing at all',
    status: 400,
    body: '',
    kind: 'BadRequestError',
    code: 'bad_request',
    message: /without saying why/,
  },
  {
    name: 'an intermittent policy',
    status: 400,
    body: {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'FAILED_PRECONDITION: constraint vertexai.allowedPartnerModelFeatures',
      },
    },
    kind: 'ServiceUnavailableError',
    answered: 503,
  },
  {
    name: 'an expired token',
    status: 401,
    body: 'IDE token expired: unauthorized: token expired\n',
    kind: 'AuthenticationError',
    code: 'token_expired',
    mend: 'renew-credential',
  },
  {
    name: 'a bad token',
    status: 401,
    body: 'unauthorized: unauthorized: AuthenticateToken authentication failed',
    kind: 'AuthenticationError',
    code: 'unauthorized',
    mend: 'renew-credential',
  },
  {
    name: 'a token without the permission',
    status: 401,
    body: 'unauthorized: Personal Access Token does not have Copilot Requests permission',
    kind: 'AuthenticationError',
    code: 'missing_copilot_permission',
    message: /settings\/tokens/,
  },
  {
    name: 'a permission to give',
    status: 401,
    body: { authorize_url: 'https://github.com/login/oauth/authorize' },
    kind: 'AuthenticationError',
    code: 'authorization_needed',
    message: /visit https:/,
  },
  {
    name: 'a foreign item',
    status: 401,
    body: 'input item does not belong to this connection',
    kind: 'BadRequestError',
    answered: 400,
    code: 'foreign_item_id',
    mend: 'drop-item-ids',
  },
  {
    name: 'a foreign item id',
    status: 401,
    body: coded('', 'input item ID does not belong to this connection'),
    kind: 'BadRequestError',
    mend: 'drop-item-ids',
  },
  {
    name: 'no quota',
    status: 402,
    body: coded('quota_exceeded', 'You have no quota'),
    kind: 'QuotaExceededError',
    answered: 402,
    code: 'quota_exceeded',
    message: /no quota.*jetway usage/,
  },
  {
    name: 'an overage limit',
    status: 402,
    body: coded('overage_limit_reached'),
    kind: 'QuotaExceededError',
    code: 'overage_limit_reached',
  },
  {
    name: 'forbidden',
    status: 403,
    body: 'forbidden\n',
    kind: 'PermissionDeniedError',
    mend: 'renew-credential',
  },
  {
    name: 'a forbidden endpoint',
    status: 403,
    body: 'access to this endpoint is forbidden',
    kind: 'PermissionDeniedError',
    mend: 'renew-credential',
  },
  {
    name: 'another integration',
    status: 403,
    body: 'token not authorized for this integration',
    kind: 'PermissionDeniedError',
    mend: 'renew-credential',
  },
  {
    name: 'an organization',
    status: 403,
    body: coded('feature_flag_blocked', 'Your organization has disabled this.'),
    kind: 'PermissionDeniedError',
    answered: 403,
    code: 'feature_flag_blocked',
  },
  {
    name: 'no such path',
    status: 404,
    body: '404 page not found\n',
    kind: 'NotFoundError',
    answered: 404,
  },
  {
    name: 'a slow upload',
    status: 408,
    body: coded('user_request_timeout', 'Timed out reading request body.'),
    kind: 'Timeout',
    answered: 408,
  },
  {
    name: 'too large, JSON',
    status: 413,
    body: coded('', 'failed to parse request'),
    kind: 'PayloadTooLargeError',
    answered: 413,
  },
  {
    name: 'too large, text',
    status: 413,
    body: '413 Request Entity Too Large\n',
    kind: 'PayloadTooLargeError',
  },
  {
    name: "another plan's host",
    status: 421,
    body: 'Misdirected Request\n',
    kind: 'PermissionDeniedError',
    code: 'misdirected_request',
    message: /GITHUB_COPILOT_API_BASE/,
    mend: 'resolve-host',
  },
  {
    name: 'a responsible filter',
    status: 422,
    body: 'filtered',
    kind: 'ContentPolicyViolationError',
  },
  { name: 'a dependency', status: 424, body: 'failed dependency', kind: 'BadGatewayError' },
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
      const { error, mend } = read(row.status, row.body)
      expect(errorName(error)).toBe(row.kind)
      expect(error).toMatchObject({ llm_provider: 'github_copilot', model: 'm', request_id: 'r' })
      expect(error.message).not.toBe('')
      expect(mend?.kind).toBe(row.mend)
      if (row.answered !== undefined) expect(error.status).toBe(row.answered)
      if (row.code !== undefined) expect(error.code).toMatch(row.code)
      if (row.message !== undefined) expect(error.message).toMatch(row.message)
    })
  }

  test('both numbers of an overflow are read', () => {
    for (const message of [
      'prompt token count of 140000 exceeds the limit of 128000',
      'prompt is too long: 140000 tokens > 128000 maximum',
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 140000 tokens.",
      'The input token count (140000) exceeds the maximum number of tokens allowed (128000).',
    ]) {
      expect(read(400, coded('invalid_request_body', message)).error).toMatchObject({
        message,
        body: { prompt_tokens: 140_000, max_prompt_tokens: 128_000 },
      })
    }
  })

  test('no secret and no prompt gets into an error', () => {
    const { error } = read(400, {
      error: { message: 'bad tid=1;exp=2:ab and gho_0123456789abcdef', prompt: 'private' },
      messages: ['private'],
    })
    const text = JSON.stringify([error.message, error.body, error.code, error.param])
    expect(text).not.toMatch(/exp=2|0123456789ab|private/)
    expect(read(500, 'x'.repeat(100_000)).error.message.length).toBeLessThan(1_100)
  })
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

describe('what a refusal teaches', () => {
  const model = 'm'
  for (const [name, body, mend] of [
    [
      'max_tokens',
      coded(
        'invalid_request_body',
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      ),
      { kind: 'rename-parameter', from: 'max_tokens', to: 'max_completion_tokens', model },
    ],
    [
      'temperature',
      coded(
        'invalid_request_body',
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      ),
      { kind: 'drop-parameter', name: 'temperature', model },
    ],
    [
      'top_p',
      coded('unsupported_parameter', "Unsupported parameter: 'top_p'", { param: 'top_p' }),
      { kind: 'drop-parameter', name: 'top_p', model },
    ],
    [
      'both',
      coded(
        'invalid_request_error',
        '`temperature` and `top_p` cannot both be specified for this model.',
      ),
      { kind: 'drop-parameter', name: 'temperature', model },
    ],
    [
      'an effort',
      coded('invalid_reasoning_effort', 'model m does not support reasoning effort'),
      { kind: 'drop-parameter', name: 'reasoning_effort', model },
    ],
    [
      'a tool that the model does not have',
      coded('invalid_request_body', 'The requested tool web_search is not supported.'),
      { kind: 'drop-parameter', name: 'tools: web_search', model },
    ],
    [
      'a tool that the account may not use',
      coded('unsupported_value', 'The use of the web search tool is not supported.', {
        param: 'tools',
      }),
      { kind: 'drop-parameter', name: 'tools: web_search', model },
    ],
    [
      'a tool that Claude does not have',
      coded('invalid_request_body', 'rejected tool(s): web_fetch'),
      { kind: 'drop-parameter', name: 'tools: web_fetch', model },
    ],
    [
      "Anthropic's own field",
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'context_management: Extra inputs are not permitted',
        },
      },
      { kind: 'drop-parameter', name: 'context_management', model },
    ],
    [
      'nothing that changes the meaning',
      coded('invalid_request_body', "Unsupported parameter: 'response_format'"),
      undefined,
    ],
    [
      'nothing from a nested field',
      coded('invalid_request_body', 'tools.0.custom.x: Extra inputs are not permitted'),
      undefined,
    ],
    [
      'nothing from a wrong value',
      coded('invalid_request_body', 'temperature must be a number', { param: 'temperature' }),
      undefined,
    ],
  ] as const) {
    test(`about ${name}`, () => {
      expect(read(400, body).mend).toEqual(mend)
    })
  }

  for (const [name, body] of [
    [
      'quoted',
      coded(
        'unsupported_api_for_model',
        'model "m" is not accessible via the /chat/completions endpoint',
      ),
    ],
    [
      'unquoted',
      coded(
        'unsupported_api_for_model',
        'model m is not accessible via the /chat/completions endpoint',
      ),
    ],
    [
      'as an unknown model',
      coded('model_not_supported', 'Model is not supported for this request.'),
    ],
    [
      'as an unknown model, plainly',
      coded('model_not_supported', 'The requested model is not supported.'),
    ],
  ] as const) {
    test(`the wire is another one: ${name}`, () => {
      const found = read(400, body, { context: { hasOtherWire: () => true } })
      expect(found.mend).toEqual({ kind: 'other-wire', wire: 'chat', model })
      expect(read(400, body).mend).toBeUndefined()
    })
  }

  test('a policy comes before another wire', () => {
    const unconfigured = {
      openPolicy: () => ({ state: 'unconfigured', terms: 'T&C' }),
      hasOtherWire: () => true,
    }
    const body = coded('model_not_supported', 'The requested model is not supported.')
    const told = read(400, body, { context: unconfigured })
    expect(told.mend).toBeUndefined()
    expect(told.error).toMatchObject({ status: 403, code: 'policy_not_accepted' })
    expect(told.error.message).toMatch(/T&C/)
    const accepted = read(400, body, { context: { ...unconfigured, acceptPolicies: true } })
    expect(accepted.mend).toEqual({ kind: 'accept-policy', model })
    const disabled = { openPolicy: () => ({ state: 'disabled' }), acceptPolicies: true }
    expect(read(400, body, { context: disabled }).mend).toBeUndefined()
  })
})

/** Every error the emulator can be asked for, met on a socket. */
const MET: Readonly<Record<NamedError, ErrorName>> = {
  model_not_supported: 'BadRequestError',
  invalid_request_body: 'BadRequestError',
  invalid_request: 'BadRequestError',
  off_topic: 'ContentPolicyViolationError',
  cyber_policy: 'ContentPolicyViolationError',
  bad_request: 'BadRequestError',
  badly_formatted: 'AuthenticationError',
  missing_editor_version: 'BadRequestError',
  prompt_too_long: 'ContextWindowExceededError',
  model_max_prompt_tokens_exceeded: 'ContextWindowExceededError',
  vertex_policy: 'ServiceUnavailableError',
  token_expired: 'AuthenticationError',
  direct_token_expired: 'AuthenticationError',
  authentication_failed: 'AuthenticationError',
  authorize_url: 'AuthenticationError',
  not_this_connection: 'BadRequestError',
  quota_exceeded: 'QuotaExceededError',
  free_quota_exceeded: 'QuotaExceededError',
  overage_limit_reached: 'QuotaExceededError',
  billing_not_configured: 'QuotaExceededError',
  session_quota_exceeded: 'QuotaExceededError',
  additional_spend_limit_reached: 'QuotaExceededError',
  forbidden: 'PermissionDeniedError',
  endpoint_forbidden: 'PermissionDeniedError',
  wrong_integration: 'PermissionDeniedError',
  feature_flag_blocked: 'PermissionDeniedError',
  rest_rate_limit: 'PermissionDeniedError',
  not_found: 'NotFoundError',
  user_request_timeout: 'Timeout',
  failed_to_parse: 'PayloadTooLargeError',
  too_large: 'PayloadTooLargeError',
  misdirected: 'PermissionDeniedError',
  content_filter: 'ContentPolicyViolationError',
  agent_dependency: 'BadGatewayError',
  rate_limited: 'RateLimitError',
  user_model_rate_limited: 'RateLimitError',
  user_global_rate_limited: 'RateLimitError',
  user_weekly_rate_limited: 'RateLimitError',
  integration_rate_limited: 'RateLimitError',
  agent_mode_limit_exceeded: 'RateLimitError',
  model_overloaded: 'RateLimitError',
  upstream_provider_rate_limit: 'RateLimitError',
  extension_blocked: 'PermissionDeniedError',
  legacy_quota_exceeded: 'QuotaExceededError',
  google_rate_limit: 'RateLimitError',
  too_many_vision_requests: 'RateLimitError',
  outdated: 'BadRequestError',
  cancelled: 'BadGatewayError',
  internal_error: 'InternalServerError',
  internal_error_html: 'InternalServerError',
  bad_gateway: 'BadGatewayError',
  service_unavailable: 'ServiceUnavailableError',
  service_unavailable_html: 'ServiceUnavailableError',
  gateway_timeout: 'Timeout',
  overloaded: 'ServiceUnavailableError',
}

test('every error the emulator knows, over a socket', async () => {
  await using world = await createWorld()
  const credential = world.emulator.control.tokens.issue().value
  const copilot = world.copilot({ credential })
  await copilot.listModels({ seat: 'own' }, never)
  const met: Record<string, string> = {}
  for (const name of Object.keys(MET) as NamedError[]) {
    world.emulator.control.faults.add({
      on: { route: 'chat' },
      times: 1,
      do: { kind: 'error', name },
    })
    const response = await world.call(copilot, { model: 'gpt-4.1' })
    const { error } = copilot.readFailure({
      status: response.status,
      headers: response.headers,
      body: response.body,
      wire: 'chat',
      model: 'gpt-4.1',
      requestId: 'r',
    })
    met[name] = errorName(error)
  }
  expect(met).toEqual(MET)
})
