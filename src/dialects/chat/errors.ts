import type { EncodedError } from '../../core/dialect.ts'
import {
  BadGatewayError,
  ContentPolicyViolationError,
  ContextWindowExceededError,
  errorFromStatus,
  errorName,
  QuotaExceededError,
  RateLimitError,
  ServiceUnavailableError,
} from '../../core/errors.ts'
import type { ErrorName, JetwayError } from '../../core/errors.ts'
import { asNumber, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/** OpenAI's words for the kinds of failure: https://platform.openai.com/docs/guides/error-codes */
const TYPES: Readonly<Partial<Record<ErrorName, string>>> = {
  BadRequestError: 'invalid_request_error',
  ContextWindowExceededError: 'invalid_request_error',
  ContentPolicyViolationError: 'invalid_request_error',
  UnsupportedParamsError: 'invalid_request_error',
  UnprocessableEntityError: 'invalid_request_error',
  PayloadTooLargeError: 'invalid_request_error',
  MethodNotAllowedError: 'invalid_request_error',
  NotFoundError: 'invalid_request_error',
  AuthenticationError: 'authentication_error',
  PermissionDeniedError: 'permission_error',
  QuotaExceededError: 'insufficient_quota',
  RateLimitError: 'rate_limit_error',
  BudgetExceededError: 'budget_exceeded',
  Timeout: 'timeout_error',
}

const CODES: Readonly<Partial<Record<ErrorName, string>>> = {
  ContextWindowExceededError: 'context_length_exceeded',
  ContentPolicyViolationError: 'content_filter',
}

/** `{"error":{"message","type","param","code"}}`, the shape of every OpenAI endpoint. */
export function openAiErrorBody(error: JetwayError): JsonObject {
  const name = errorName(error)
  return {
    error: {
      message: error.message,
      type: TYPES[name] ?? 'api_error',
      param: error.param ?? null,
      code: error.code ?? CODES[name] ?? null,
    },
  }
}

export function encodeError(error: JetwayError): EncodedError {
  return { status: error.status, body: openAiErrorBody(error) }
}

/** The event that ends a chat stream when it fails. No `[DONE]` follows: clients take that for success. */
export function errorEvent(error: JetwayError): string {
  return `data: ${JSON.stringify(openAiErrorBody(error))}\n\n`
}

/**
 * Reads an error inside a stream or a body of status 200, in any of the forms seen: `{error: {message, code}}`,
 * `{error: 'text'}`, `{message, code}`. Codes may be numbers; Copilot's own decide the class.
 */
export function errorFromBody(body: JsonValue): JetwayError {
  const root = isJsonObject(body) ? body : {}
  const inner = asObject(root['error']) ?? root
  const message =
    asString(inner['message']) ?? asString(root['error']) ?? 'The upstream reported an error.'
  const numeric = asNumber(inner['code']) ?? asNumber(inner['status'])
  const code = asString(inner['code']) ?? asString(inner['type']) ?? numeric?.toString()
  const details = { code, param: asString(inner['param']) }
  for (const [pattern, Kind] of KINDS) {
    if (pattern.test(`${code ?? ''} ${asString(inner['type']) ?? ''}`))
      return new Kind(message, details)
  }
  if (numeric !== undefined && numeric >= 400 && numeric < 600)
    return errorFromStatus(numeric, message, details)
  return new BadGatewayError(message, details)
}

const KINDS: readonly (readonly [RegExp, typeof JetwayError])[] = [
  [/overloaded|upstream_provider_rate_limit/, ServiceUnavailableError],
  [/rate_limit|agent_mode_limit_exceeded/, RateLimitError],
  [/quota|overage_limit_reached|billing_not_configured|spend_limit/, QuotaExceededError],
  [/content_filter|content_policy|responsible_ai/, ContentPolicyViolationError],
  [/context_length_exceeded|max_prompt_tokens_exceeded/, ContextWindowExceededError],
]
