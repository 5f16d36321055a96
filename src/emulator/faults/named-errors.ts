import {
  anthropicError,
  codedError,
  errorJson,
  errorText,
  githubError,
} from '../errors/error-bodies.ts'
import type { WholeReply } from '../server/reply.ts'

export interface NamedErrorOptions {
  readonly message?: string | undefined
  /** Seconds. */
  readonly retryAfter?: number | undefined
}

type Make = (options: NamedErrorOptions) => WholeReply

/** A 429: most carry `retry-after`, its twin, and which of the limits was exceeded. */
function limited(code: string, usual: string, type?: string): Make {
  return ({ message, retryAfter }) =>
    codedError(429, code, message ?? usual, type === undefined ? {} : { type }, {
      ...retryHeaders(retryAfter ?? 30),
      'x-ratelimit-exceeded': `global-chat:${code}`,
    })
}

export function retryHeaders(seconds: number): Record<string, string> {
  return { 'retry-after': String(seconds), 'x-ratelimit-user-retry-after': String(seconds) }
}

function coded(status: number, code: string, usual: string): Make {
  return ({ message, retryAfter }) =>
    codedError(
      status,
      code,
      message ?? usual,
      {},
      retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    )
}

function text(status: number, usual: string): Make {
  return ({ message, retryAfter }) =>
    errorText(
      status,
      message ?? usual,
      retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    )
}

function html(status: number, title: string): Make {
  return () => ({
    kind: 'whole',
    status,
    headers: { 'content-type': 'text/html' },
    body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
  })
}

const GOOGLE_ERROR = JSON.stringify({
  error: { code: 429, message: 'Resource exhausted.', status: 'RESOURCE_EXHAUSTED' },
})

const OUTDATED =
  'bad request: the specified API version is no longer supported. You may need to update your client to a newer version.'

/** Every error of the original that a fault can ask for by name. */
export const NAMED_ERRORS = {
  model_not_supported: ({ message }) =>
    codedError(400, 'model_not_supported', message ?? 'The requested model is not supported.', {
      param: 'model',
      type: 'invalid_request_error',
    }),
  invalid_request_body: coded(400, 'invalid_request_body', 'invalid request body'),
  invalid_request: coded(400, 'invalid_request', 'invalid request'),
  off_topic: text(400, 'off_topic: the request was judged not to be about software development'),
  cyber_policy: coded(400, 'cyber_policy', 'The request was stopped by a safety policy.'),
  bad_request: text(400, 'Bad Request'),
  badly_formatted: text(400, 'bad request: Authorization header is badly formatted'),
  missing_editor_version: text(400, 'bad request: missing Editor-Version header for IDE auth'),
  prompt_too_long: ({ message }) =>
    anthropicError(
      400,
      'invalid_request_error',
      message ?? 'prompt is too long: 210000 tokens > 200000 maximum',
    ),
  model_max_prompt_tokens_exceeded: coded(
    400,
    'model_max_prompt_tokens_exceeded',
    'prompt token count of 140000 exceeds the limit of 128000',
  ),
  vertex_policy: ({ message }) =>
    anthropicError(
      400,
      'invalid_request_error',
      message ??
        'FAILED_PRECONDITION: organization policy constraint vertexai.allowedPartnerModelFeatures',
    ),
  token_expired: text(401, 'IDE token expired: unauthorized: token expired'),
  direct_token_expired: text(401, 'unauthorized: token expired'),
  authentication_failed: text(
    401,
    'unauthorized: unauthorized: AuthenticateToken authentication failed',
  ),
  authorize_url: ({ message }) =>
    errorJson(401, {
      authorize_url: 'https://github.com/login/oauth/authorize',
      message: message ?? 'authorization needed',
    }),
  not_this_connection: text(401, 'input item does not belong to this connection'),
  quota_exceeded: coded(402, 'quota_exceeded', 'You have no quota'),
  free_quota_exceeded: coded(402, 'free_quota_exceeded', 'You have no quota'),
  overage_limit_reached: coded(
    402,
    'overage_limit_reached',
    'You have reached your overage limit.',
  ),
  billing_not_configured: coded(402, 'billing_not_configured', 'Billing is not configured.'),
  session_quota_exceeded: coded(
    402,
    'session_quota_exceeded',
    'You have no quota in this session.',
  ),
  additional_spend_limit_reached: coded(
    402,
    'additional_spend_limit_reached',
    'You have reached your additional spend limit.',
  ),
  forbidden: text(403, 'forbidden'),
  endpoint_forbidden: text(403, 'access to this endpoint is forbidden'),
  wrong_integration: text(403, 'token not authorized for this integration'),
  feature_flag_blocked: coded(
    403,
    'feature_flag_blocked',
    'Your organization has disabled this feature.',
  ),
  rest_rate_limit: () => githubError(403, 'API rate limit exceeded for user ID 12345.'),
  not_found: text(404, '404 page not found'),
  user_request_timeout: coded(
    408,
    'user_request_timeout',
    'Timed out reading request body. Try again, or use a smaller request size.',
  ),
  failed_to_parse: coded(413, '', 'failed to parse request'),
  too_large: text(413, '413 Request Entity Too Large'),
  misdirected: text(421, 'Misdirected Request'),
  content_filter: text(422, 'The request was filtered by the responsible AI service.'),
  agent_dependency: text(424, 'failed dependency'),
  rate_limited: limited(
    'rate_limited',
    'Sorry, you have been rate-limited. Please wait a moment before trying again.',
    'rate_limited',
  ),
  user_model_rate_limited: limited(
    'user_model_rate_limited',
    "Sorry, you've hit the rate limit for this model.",
    'user_model_rate_limited',
  ),
  user_global_rate_limited: limited(
    'user_global_rate_limited',
    'Sorry, you have exceeded your Copilot token usage. Please review our Terms of Service.',
    'user_global_rate_limited',
  ),
  user_weekly_rate_limited: limited(
    'user_weekly_rate_limited',
    "Sorry, you've exceeded your weekly rate limit.",
    'user_weekly_rate_limited',
  ),
  integration_rate_limited: limited(
    'integration_rate_limited',
    'Sorry, this integration is rate limited.',
    'integration_rate_limited',
  ),
  agent_mode_limit_exceeded: limited(
    'agent_mode_limit_exceeded',
    'Sorry, you have exceeded the agent mode rate limit.',
    'agent_mode_limit_exceeded',
  ),
  model_overloaded: limited('model_overloaded', 'The model is overloaded.', 'model_overloaded'),
  upstream_provider_rate_limit: limited(
    'upstream_provider_rate_limit',
    'The model provider is rate limited.',
    'upstream_provider_rate_limit',
  ),
  extension_blocked: ({ message }) =>
    codedError(429, 'extension_blocked', message ?? 'This client is blocked.', {
      type: 'rate_limit_error',
    }),
  legacy_quota_exceeded: ({ message, retryAfter }) =>
    errorText(429, message ?? 'quota exceeded', retryHeaders(retryAfter ?? 1_814_400)),
  google_rate_limit: () => codedError(429, 429, GOOGLE_ERROR),
  too_many_vision_requests: text(429, 'too many concurrent vision requests'),
  outdated: text(466, OUTDATED),
  cancelled: text(499, 'client closed request'),
  internal_error: text(500, 'Internal Server Error'),
  internal_error_html: html(500, 'Internal Server Error'),
  bad_gateway: html(502, 'Bad Gateway'),
  service_unavailable: text(503, 'upstream connect error or disconnect/reset before headers'),
  service_unavailable_html: html(503, 'Service Temporarily Unavailable'),
  gateway_timeout: html(504, 'Gateway Time-out'),
  overloaded: ({ message }) => anthropicError(529, 'overloaded_error', message ?? 'Overloaded'),
} as const satisfies Record<string, Make>

export type NamedError = keyof typeof NAMED_ERRORS

export function namedError(name: string, options: NamedErrorOptions = {}): WholeReply {
  if (!Object.hasOwn(NAMED_ERRORS, name)) {
    throw new TypeError(
      `error '${name}' is not known; the names are ${Object.keys(NAMED_ERRORS).join(', ')}`,
    )
  }
  return NAMED_ERRORS[name as NamedError](options)
}
