import {
  APIConnectionError,
  AuthenticationError,
  errorFromStatus,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from '../../core/errors.ts'
import type { ErrorDetails, JetwayError } from '../../core/errors.ts'
import type { HttpResponse } from '../../core/http.ts'
import { asObject, asString, tryParseJson } from '../../core/json.ts'
import { redactTokens } from '../credentials/token-kind.ts'
import { retryAfterSeconds } from '../failure/retry-after.ts'

/** What GitHub itself (not Copilot's API) said no with. */
export interface GitHubRefusal {
  readonly error: JetwayError
  /**
   * `token`: the token is not good. `way`: the token may be good, this way of using it is not. `account`: the person has no
   * Copilot, and GitHub says why. `moment`: nothing is wrong with the token.
   */
  readonly about: 'token' | 'way' | 'account' | 'moment'
}

/** Reads an answer of `api.github.com` that is no success. `asking` completes "GitHub … : ", as `refused the token exchange`. */
export function readGitHubFailure(
  response: HttpResponse,
  asking: string,
  nowMs: number,
): GitHubRefusal {
  const { status } = response
  const body = asObject(tryParseJson(response.body))
  const envelope = asObject(body?.['error_details'])
  const said = asString(body?.['message']) ?? ''
  const reason = asString(envelope?.['notification_id'])
  const details: ErrorDetails = {
    llm_provider: 'github_copilot',
    code: reason,
    retry_after: retryAfterSeconds(response.headers, nowMs),
  }
  const text = (rest: string): string => redactTokens(`GitHub ${asking} (${status}): ${rest}`)

  if (status === 429 || (status === 403 && /^(API|secondary) rate limit/i.test(said))) {
    const error = new RateLimitError(text(said || 'rate limited.'), {
      ...details,
      code: 'github_rate_limited',
    })
    return { error, about: 'moment' }
  }
  if (reason !== undefined || envelope) {
    const error = new PermissionDeniedError(text(explain(envelope, said)), details)
    return { error, about: reason === 'server_error' ? 'moment' : 'account' }
  }
  if (status === 401) {
    const hint =
      'the token was revoked or is not valid. Run `jetway login`, or replace the token in use'
    const error = new AuthenticationError(text(`${said || 'Bad credentials'}: ${hint}.`), {
      ...details,
      code: 'bad_credentials',
    })
    return { error, about: 'token' }
  }
  if (status === 403) {
    const error = new PermissionDeniedError(text(said || 'forbidden.'), details)
    return { error, about: 'way' }
  }
  if (status === 404) {
    const hint = 'the token belongs to an app without Copilot, or the account has no seat'
    const error = new NotFoundError(text(`${said || 'Not Found'}: ${hint}.`), {
      ...details,
      status: 403,
    })
    return { error, about: 'way' }
  }
  if (status >= 300 && status < 400) {
    const error = new APIConnectionError(text('redirected, which is not followed.'), details)
    return { error, about: 'moment' }
  }
  return {
    error: errorFromStatus(status, text(said || 'no reason given.'), details),
    about: 'moment',
  }
}

/** GitHub's own title, message and address, the editor's name filled in where it asks for one. */
function explain(envelope: ReturnType<typeof asObject>, said: string): string {
  const message = asString(envelope?.['message']) ?? (said || 'no reason given.')
  const title = asString(envelope?.['title'])
  const address = asString(envelope?.['url'])?.replaceAll('{EDITOR}', 'vscode')
  const ending = [title, address].filter((part) => part).join(': ')
  return ending === '' ? message : `${message} ${ending}`
}
