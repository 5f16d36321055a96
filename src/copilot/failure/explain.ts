import type { ErrorDetails, JetwayError } from '../../core/errors.ts'
import type { Refusal } from '../../core/upstream.ts'
import { classify } from './by-code.ts'
import type { ErrorBody } from './error-body.ts'

/** For answers that say nothing, or nothing a person could act on. */
const BY_STATUS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['bad_request', 'GitHub Copilot refused the request without saying why.'],
  404: ['not_found', 'GitHub Copilot knows no such path or model.'],
  408: ['user_request_timeout', 'GitHub Copilot waited too long for the request.'],
  413: ['request_too_large', 'The request is larger than GitHub Copilot takes.'],
  421: [
    'misdirected_request',
    "This GitHub Copilot host does not serve the account's plan. Unset GITHUB_COPILOT_API_BASE (and api_base), or set it to the host of the plan, as https://api.business.githubcopilot.com.",
  ],
  422: ['content_filter', 'GitHub Copilot filtered the request.'],
  424: ['failed_dependency', 'Something GitHub Copilot depends on failed.'],
  429: ['rate_limited', 'GitHub Copilot limits the rate of calls.'],
  466: [
    'api_version_refused',
    'GitHub Copilot no longer serves this API version. Set the header x-github-api-version to a newer date (extra_headers of the model, or the identity headers of the configuration), or update Jetway.',
  ],
  499: ['cancelled', 'GitHub Copilot gave up the request.'],
  500: ['internal_error', 'GitHub Copilot failed.'],
  502: ['bad_gateway', 'GitHub Copilot could not reach the model.'],
  503: ['service_unavailable', 'GitHub Copilot is not available.'],
  504: ['gateway_timeout', 'GitHub Copilot waited too long for the model.'],
}

/** For programs, where the answer holds no code of its own. */
export function codeOfStatus(status: number): string | undefined {
  return BY_STATUS[status]?.[0]
}

export function explainStatus(refusal: Refusal, details: ErrorDetails): JetwayError {
  const { Kind, status } = classify(refusal.status, undefined, undefined)
  const [code, message] = BY_STATUS[refusal.status] ?? [
    'upstream_error',
    `GitHub Copilot answered ${refusal.status} without saying why.`,
  ]
  return new Kind(message, { ...details, status, code: details.code ?? code })
}

/** Which of the limits it was, where the answer names it (`global-chat:global-usage-5-hour-key:octo:…`). */
export function sayRate({ headers }: Refusal, said: ErrorBody): string {
  const message = said.message || 'GitHub Copilot limits the rate of calls.'
  const exceeded = headers['x-ratelimit-exceeded']?.split(':').slice(0, 2).join(' ')
  return exceeded ? `${message} (${exceeded})` : message
}

export function sayQuota(said: ErrorBody, { retry_after: seconds }: ErrorDetails): string {
  const message = (said.message || "The seat's quota is used up").replace(/\.$/, '')
  const wait = seconds === undefined || seconds < 86_400 ? undefined : Math.ceil(seconds / 86_400)
  const again = wait === undefined ? '' : ` It is renewed in about ${wait} days.`
  return `GitHub Copilot: ${message}. \`jetway usage\` shows what is left.${again}`
}
