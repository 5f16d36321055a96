import type { Clock } from '../../core/clock.ts'
import { AuthenticationError, PermissionDeniedError } from '../../core/errors.ts'
import type { HttpClient } from '../../core/http.ts'
import { asNumber } from '../../core/json.ts'
import type { Credential } from '../credentials/credential.ts'
import { firstWay } from '../credentials/token-kind.ts'
import type { Way } from '../credentials/token-kind.ts'
import type { AccountResult } from '../github/account.ts'
import { fetchAccount } from '../github/account.ts'
import type { ExchangedToken } from '../github/exchange.ts'
import { exchangeToken, readExchange } from '../github/exchange.ts'
import type { GitHubRefusal } from '../github/github-failure.ts'
import type { ConfiguredHosts, GitHubHosts } from '../github/hosts.ts'
import type { ApiBase } from '../github/origin.ts'
import type { Log } from '../log.ts'
import { createBaseChooser } from './choose-base.ts'
import type { Grant, GrantRequest } from './grant.ts'
import { staticGrant } from './static-grant.ts'
import type { SharedToken, TokenShare } from './share.ts'

/** Whoever keeps the credential has its successor a minute earlier. */
const RENEW_BEFORE_MS = 240_000
const SOON_MS = 30_000
export interface ObtainOptions {
  readonly http: HttpClient
  readonly clock: Clock
  readonly hosts: ConfiguredHosts
  /** Rejects with how to sign in when there is none. */
  readonly resolve: (refused?: string) => Promise<Credential>
  /** Where tokens exchanged for this credential are kept, and under which key. */
  readonly shareFor: (credential: Credential) => {
    readonly share: TokenShare
    readonly key: string
  }
  /** Identity headers for GitHub's own API. */
  readonly headers: () => Readonly<Record<string, string>>
  readonly log: Log
}

/** From a credential to a grant, over the exchange or directly: by the token's kind first, the other way when refused. */
export function createObtain(options: ObtainOptions): (request: GrantRequest) => Promise<Grant> {
  const { http, clock, log } = options
  /** Which way worked, by token; a process holds few, and forgets with its life. */
  const ways = new Map<string, Way>()
  const baseFor = createBaseChooser(log)

  return async (request) => {
    const old = request.reason === 'first' ? undefined : request.old
    const refused = request.reason === 'refused' ? old : undefined
    const credential = await options.resolve(refused?.credential.token)
    const hosts = options.hosts.hostsFor(credential.host)
    if (credential.kind === 'tid') {
      return staticGrant({ credential, hosts, request, nowMs: clock.now(), baseFor })
    }
    const remembered = ways.get(credential.token) ?? firstWay(credential.kind)
    const sameToken = refused?.credential.token === credential.token
    if (sameToken && refused.way === 'direct') return otherThanDirect(credential, hosts)
    if (remembered === 'direct') return directGrant(credential, hosts)
    return exchangeOrDirect(credential, hosts, request)
  }

  async function exchangeOrDirect(
    credential: Credential,
    hosts: GitHubHosts,
    request: GrantRequest,
  ): Promise<Grant> {
    const result = await exchanged(credential, hosts, request)
    if (result.ok) {
      remember(credential, 'exchange')
      return exchangedGrant(credential, hosts, result.token, request)
    }
    if (result.refusal.about !== 'way') throw result.refusal.error
    // The same token may be a bearer itself. Whether it is, the account tells without spending a call.
    const account = await accountOf(credential, hosts)
    if (!account.ok) throw result.refusal.error
    remember(credential, 'direct')
    log('info', 'GitHub does not exchange this token; it is used directly', {
      source: credential.source,
    })
    return withAccount(credential, hosts, account)
  }

  /** Copilot refused the GitHub token itself: perhaps GitHub exchanges it. */
  async function otherThanDirect(credential: Credential, hosts: GitHubHosts): Promise<Grant> {
    const result = await exchanged(credential, hosts, { reason: 'first' })
    if (result.ok) {
      remember(credential, 'exchange')
      return exchangedGrant(credential, hosts, result.token, { reason: 'first' })
    }
    if (result.refusal.about !== 'way') throw result.refusal.error
    throw new AuthenticationError(
      `GitHub Copilot does not take this token, and GitHub does not exchange it. ${result.refusal.error.message} Run \`jetway login\` to sign in with GitHub Copilot's own app; if the call brings a copilot-integration-id of its own, that must fit the token.`,
      { llm_provider: 'github_copilot', code: 'token_refused', cause: result.refusal.error },
    )
  }

  async function directGrant(credential: Credential, hosts: GitHubHosts): Promise<Grant> {
    const account = await accountOf(credential, hosts)
    if (!account.ok && account.refusal.about === 'token') throw account.refusal.error
    if (!account.ok && account.refusal.about === 'account') throw account.refusal.error
    return withAccount(credential, hosts, account)
  }

  function withAccount(credential: Credential, hosts: GitHubHosts, result: AccountResult): Grant {
    const account = result.ok ? result.account : undefined
    const now = clock.now()
    const { expiresAtMs } = credential
    return {
      bearer: credential.token,
      credential,
      way: 'direct',
      base: baseFor(hosts, account?.api ?? credential.apiEndpoint),
      // The host is asked for again now and then, sooner when the account could not be read.
      renewAtMs: Math.max(
        // One that is asked for in its last minutes and was not followed yet.
        now + SOON_MS,
        Math.min(
          now + (result.ok ? 6 * 3_600_000 : 300_000),
          (expiresAtMs ?? Infinity) - RENEW_BEFORE_MS,
        ),
      ),
      expiresAtMs,
      deadAtMs: expiresAtMs,
      plan: account?.plan,
      sku: account?.sku,
      login: account?.login ?? credential.login,
    }
  }

  type Exchanged =
    | { readonly ok: true; readonly token: ExchangedToken }
    | { readonly ok: false; readonly refusal: GitHubRefusal }

  async function exchanged(
    credential: Credential,
    hosts: GitHubHosts,
    request: GrantRequest,
  ): Promise<Exchanged> {
    const { share, key } = options.shareFor(credential)
    // One that another process had before this refusal may have been ended together with ours, and a call is sent again only
    // once. What comes while we wait for our turn was fetched for the same reason.
    const sinceMs = request.reason === 'refused' ? clock.now() : -Infinity
    const usable = (shared: SharedToken | undefined): ExchangedToken | undefined =>
      shared === undefined || shared.receivedMs < sinceMs ? undefined : stillGood(shared, request)
    const known = usable(await share.read(key))
    if (known) return { ok: true, token: known }
    return share.exclusively(key, async () => {
      // Whoever held the lock before us may have fetched the very token we are after.
      const fetched = usable(await share.read(key))
      if (fetched) return { ok: true, token: fetched }
      const result = await exchangeToken({
        http,
        clock,
        url: hosts.exchangeUrl,
        token: credential.token,
        headers: options.headers(),
      })
      if (result.ok) await share.write(key, { raw: result.token.raw, receivedMs: clock.now() })
      return result
    })
  }

  function stillGood(shared: SharedToken, request: GrantRequest): ExchangedToken | undefined {
    const old = request.reason === 'first' ? undefined : request.old.bearer
    const expiresAt = asNumber(shared.raw['expires_at'])
    if (expiresAt !== undefined && expiresAt * 1000 <= clock.now()) return undefined
    const token = readExchange(shared.raw, shared.receivedMs)
    if (!token || token.token === old || token.renewAtMs <= clock.now()) return undefined
    return token
  }

  async function exchangedGrant(
    credential: Credential,
    hosts: GitHubHosts,
    token: ExchangedToken,
    request: GrantRequest,
  ): Promise<Grant> {
    let base = baseFor(hosts, token.api ?? credential.apiEndpoint)
    if (request.reason === 'misdirected')
      base = await elsewhere(credential, hosts, base, request.old)
    const { renewAtMs, expiresAtMs, deadAtMs, sku } = token
    const { login } = credential
    const bearer = token.token
    return {
      bearer,
      credential,
      way: 'exchange',
      base,
      renewAtMs,
      expiresAtMs,
      deadAtMs,
      sku,
      login,
    }
  }

  /** The exchange named the same host again; the account may know better. */
  async function elsewhere(
    credential: Credential,
    hosts: GitHubHosts,
    base: ApiBase,
    old: Grant,
  ): Promise<ApiBase> {
    if (base.origin !== old.base.origin) return base
    const account = await accountOf(credential, hosts)
    return account.ok ? baseFor(hosts, account.account.api) : base
  }

  async function accountOf(credential: Credential, hosts: GitHubHosts): Promise<AccountResult> {
    const { token } = credential
    try {
      return await fetchAccount({
        http,
        clock,
        url: hosts.accountUrl,
        token,
        headers: options.headers(),
      })
    } catch (error) {
      const unreachable = new PermissionDeniedError('The Copilot account could not be read.', {
        cause: error,
      })
      return { ok: false, refusal: { error: unreachable, about: 'moment' } }
    }
  }

  function remember(credential: Credential, way: Way): void {
    ways.set(credential.token, way)
  }
}
