import type { Clock } from '../../core/clock.ts'
import { PermissionDeniedError, Timeout } from '../../core/errors.ts'
import type { HttpClient, HttpRequest, HttpResponse } from '../../core/http.ts'
import { asNumber, asObject, asString, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { isTokenText } from '../credentials/token-kind.ts'
import type { GitHubRefusal } from './github-failure.ts'
import { readGitHubFailure } from './github-failure.ts'

/** A short-lived Copilot token, with times as this machine's clock counts them. */
export interface ExchangedToken {
  readonly token: string
  /** When a new one should be fetched, in the background. Milliseconds since 1970. */
  readonly renewAtMs: number
  /** From when on it is not used for new calls, as far as this clock can be trusted. */
  readonly expiresAtMs: number
  /** From when on it surely is refused; between the two it still serves when no other can be had. */
  readonly deadAtMs: number
  /** `endpoints.api`, not checked yet. */
  readonly api: string | undefined
  readonly sku: string | undefined
  /** The answer as it came: kept in the file whole, as LiteLLM does. */
  readonly raw: JsonObject
}

export type ExchangeResult =
  | { readonly ok: true; readonly token: ExchangedToken }
  | { readonly ok: false; readonly refusal: GitHubRefusal }

/** GitHub answers in well under a second. */
const FIRST_PATIENCE_MS = 5_000
const SECOND_PATIENCE_MS = 10_000

/** One GitHub token for one Copilot token. Rejects only when GitHub cannot be reached. */
export async function exchangeToken(options: {
  readonly http: HttpClient
  readonly clock: Clock
  readonly url: string
  readonly token: string
  readonly headers: Readonly<Record<string, string>>
}): Promise<ExchangeResult> {
  const { http, clock, url, token, headers } = options
  const request: HttpRequest = {
    method: 'GET',
    url,
    headers: { ...headers, accept: 'application/json', authorization: `token ${token}` },
    maxBytes: 1 << 20,
  }
  const response = await askTwice(http, request)
  const nowMs = clock.now()
  const asking = 'refused the token exchange'
  if (response.status !== 200) {
    return { ok: false, refusal: readGitHubFailure(response, asking, nowMs) }
  }
  const raw = asObject(tryParseJson(response.body))
  const serverMs = Date.parse(response.headers['date'] ?? '')
  const exchanged = raw && readExchange(raw, nowMs, Number.isNaN(serverMs) ? undefined : serverMs)
  if (exchanged) return { ok: true, token: exchanged }
  return { ok: false, refusal: { error: noEntitlement(), about: 'account' } }
}

/**
 * A connection that a laptop's sleep or a router ended without a word hangs, and every call waits behind this exchange: after a
 * silence it is made once more, over another connection. GitHub gives a new token each time; one that nobody read is no loss.
 */
async function askTwice(http: HttpClient, request: HttpRequest): Promise<HttpResponse> {
  try {
    return await http.request({ ...request, timeoutMs: FIRST_PATIENCE_MS })
  } catch (error) {
    if (!(error instanceof Timeout)) throw error
    return http.request({ ...request, timeoutMs: SECOND_PATIENCE_MS })
  }
}

/**
 * Times follow VS Code: what counts is how long the token lasts from now (`refresh_in` and a minute), not `expires_at`, which
 * a clock that is off would misread. The server's own `Date` tells the true lifetime where there is one.
 */
export function readExchange(
  raw: JsonObject,
  receivedMs: number,
  serverMs?: number,
): ExchangedToken | undefined {
  const token = asString(raw['token'])
  if (!token || !isTokenText(token)) return undefined
  const expiresAt = asNumber(raw['expires_at'])
  const lifetimeMs = positive(expiresAt && expiresAt * 1000 - (serverMs ?? receivedMs))
  const refreshMs = positive(seconds(raw['refresh_in']))
  const lastsMs = lifetimeMs ?? (refreshMs ?? 1_500_000) + 60_000
  const trustedMs = refreshMs === undefined ? lastsMs - margin(lastsMs) : refreshMs + 60_000
  const expiresInMs = serverMs === undefined ? trustedMs : Math.min(trustedMs, lastsMs)
  const renewInMs = Math.min(refreshMs ?? expiresInMs, expiresInMs - margin(expiresInMs))
  return {
    token,
    renewAtMs: receivedMs + renewInMs,
    expiresAtMs: receivedMs + expiresInMs,
    deadAtMs: receivedMs + Math.max(lastsMs, expiresInMs),
    api: asString(asObject(raw['endpoints'])?.['api']),
    sku: asString(raw['sku']),
    raw,
  }
}

/** A minute, or a tenth of a token that lives shorter than ten. */
function margin(lifetimeMs: number): number {
  return Math.min(60_000, lifetimeMs / 10)
}

function seconds(value: unknown): number | undefined {
  const found = asNumber(value)
  return found === undefined ? undefined : found * 1000
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined
}

function noEntitlement(): PermissionDeniedError {
  return new PermissionDeniedError(
    'GitHub answered the token exchange without a token: this account has no GitHub Copilot. See https://github.com/settings/copilot',
    { llm_provider: 'github_copilot', code: 'no_copilot_access' },
  )
}
