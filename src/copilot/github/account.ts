import type { Clock } from '../../core/clock.ts'
import type { HttpClient } from '../../core/http.ts'
import { asBoolean, asObject, asString, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { BadGatewayError } from '../../core/errors.ts'
import type { GitHubRefusal } from './github-failure.ts'
import { readGitHubFailure } from './github-failure.ts'

/** Who a GitHub token belongs to, as far as Copilot is concerned. */
export interface Account {
  readonly login: string | undefined
  /** `individual`, `business`, … an open set. */
  readonly plan: string | undefined
  readonly sku: string | undefined
  readonly chatEnabled: boolean | undefined
  readonly tokenBasedBilling: boolean
  /** `endpoints.api`, not checked yet. */
  readonly api: string | undefined
  readonly organizations: readonly string[]
  /** The answer as it came: quota is read from it. */
  readonly raw: JsonObject
}

export type AccountResult =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly refusal: GitHubRefusal }

/** `GET /copilot_internal/user`. Rejects only when GitHub cannot be reached. */
export async function fetchAccount(options: {
  readonly http: HttpClient
  readonly clock: Clock
  readonly url: string
  readonly token: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}): Promise<AccountResult> {
  const { http, clock, url, token, headers, signal } = options
  const response = await http.request({
    method: 'GET',
    url,
    // Fine-grained tokens and GHE.com take only this scheme; GitHub's own apps take both.
    headers: { ...headers, accept: 'application/json', authorization: `Bearer ${token}` },
    timeoutMs: 15_000,
    maxBytes: 1 << 20,
    signal,
  })
  if (response.status !== 200) {
    const asking = 'did not show the Copilot account'
    return { ok: false, refusal: readGitHubFailure(response, asking, clock.now()) }
  }
  const raw = asObject(tryParseJson(response.body))
  if (raw) return { ok: true, account: readAccount(raw) }
  const error = new BadGatewayError('GitHub answered the Copilot account with something else.')
  return { ok: false, refusal: { error, about: 'moment' } }
}

export function readAccount(raw: JsonObject): Account {
  const listed = raw['organization_login_list']
  return {
    login: asString(raw['login']),
    plan: asString(raw['copilot_plan']),
    sku: asString(raw['access_type_sku']),
    chatEnabled: asBoolean(raw['chat_enabled']),
    tokenBasedBilling: raw['token_based_billing'] === true,
    api: asString(asObject(raw['endpoints'])?.['api']),
    organizations: Array.isArray(listed) ? listed.filter((name) => typeof name === 'string') : [],
    raw,
  }
}
