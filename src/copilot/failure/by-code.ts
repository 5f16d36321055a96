import type { JetwayError } from '../../core/errors.ts'
import {
  AuthenticationError,
  BadGatewayError,
  BadRequestError,
  ContentPolicyViolationError,
  InternalServerError,
  NotFoundError,
  PayloadTooLargeError,
  PermissionDeniedError,
  QuotaExceededError,
  RateLimitError,
  ServiceUnavailableError,
  Timeout,
} from '../../core/errors.ts'

type Kind = typeof JetwayError

/**
 * Copilot's codes, and those of the vendors behind it. They decide where the status does not: inside a stream there is none,
 * and a vendor's own error may come with any.
 */
const BY_CODE: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['rate_limited', RateLimitError],
  ['rate_limit_exceeded', RateLimitError],
  ['rate_limit_error', RateLimitError],
  ['user_model_rate_limited', RateLimitError],
  ['user_global_rate_limited', RateLimitError],
  ['user_weekly_rate_limited', RateLimitError],
  ['integration_rate_limited', RateLimitError],
  ['agent_mode_limit_exceeded', RateLimitError],
  ['model_overloaded', RateLimitError],
  ['upstream_provider_rate_limit', RateLimitError],
  ['resource_exhausted', RateLimitError],
  ['429', RateLimitError],
  ['quota_exceeded', QuotaExceededError],
  ['free_quota_exceeded', QuotaExceededError],
  ['session_quota_exceeded', QuotaExceededError],
  ['overage_limit_reached', QuotaExceededError],
  ['billing_not_configured', QuotaExceededError],
  ['additional_spend_limit_reached', QuotaExceededError],
  ['insufficient_quota', QuotaExceededError],
  ['feature_flag_blocked', PermissionDeniedError],
  ['extension_blocked', PermissionDeniedError],
  ['permission_error', PermissionDeniedError],
  ['authentication_error', AuthenticationError],
  ['session_expired', ServiceUnavailableError],
  ['content_filter', ContentPolicyViolationError],
  ['content_policy_violation', ContentPolicyViolationError],
  ['cyber_policy', ContentPolicyViolationError],
  ['off_topic', ContentPolicyViolationError],
  ['not_found', NotFoundError],
  ['not_found_error', NotFoundError],
  ['request_too_large', PayloadTooLargeError],
  ['user_request_timeout', Timeout],
  ['timeout_error', Timeout],
  ['overloaded_error', ServiceUnavailableError],
  ['service_unavailable', ServiceUnavailableError],
  ['server_is_overloaded', ServiceUnavailableError],
  ['slow_down', ServiceUnavailableError],
  ['api_error', InternalServerError],
  ['internal_error', InternalServerError],
  ['server_error', InternalServerError],
  ['invalid_request_error', BadRequestError],
  ['invalid_request_body', BadRequestError],
  ['invalid_request', BadRequestError],
  ['bad_request', BadRequestError],
  ['model_not_supported', BadRequestError],
  ['unsupported_api_for_model', BadRequestError],
  ['previous_response_not_found', BadRequestError],
])

const BY_STATUS: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [401, AuthenticationError],
  [402, QuotaExceededError],
  [403, PermissionDeniedError],
  [404, NotFoundError],
  [408, Timeout],
  [413, PayloadTooLargeError],
  [421, PermissionDeniedError],
  // Only the filter for responsible AI answers so.
  [422, ContentPolicyViolationError],
  [424, BadGatewayError],
  [429, RateLimitError],
  [499, BadGatewayError],
  [502, BadGatewayError],
  [503, ServiceUnavailableError],
  [504, Timeout],
  [529, ServiceUnavailableError],
])

/** Statuses of Copilot's own, which a client of ours would not know: they go on as the usual one of their class. */
const OWN_STATUS: ReadonlySet<number> = new Set([421, 422, 424, 466, 499, 529])

/** The class, and the status to answer with (`undefined`: the class's own). */
export function classify(
  status: number,
  code: string | undefined,
  type: string | undefined,
): { readonly Kind: Kind; readonly status: number | undefined } {
  const byCode = BY_CODE.get(code ?? '') ?? BY_CODE.get(type?.toLowerCase() ?? '')
  if (status < 400) return { Kind: byCode ?? InternalServerError, status: undefined }
  const byStatus = BY_STATUS.get(status) ?? (status >= 500 ? InternalServerError : BadRequestError)
  // A code may be finer than its status (a filter's 400), but a 5xx or a 401 is what it is.
  const general = status === 400 || status === 403 || status === 422 || status === 429
  const Kind = general && byCode ? byCode : byStatus
  return { Kind, status: OWN_STATUS.has(status) || Kind !== byStatus ? undefined : status }
}
