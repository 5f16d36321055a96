import { expect, test } from 'vitest'
import type { ErrorName } from '../../core/errors.ts'
import { errorName } from '../../core/errors.ts'
import type { NamedError } from '../../emulator/index.ts'
import { createWorld, never } from '../__fixtures__/world.ts'

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
