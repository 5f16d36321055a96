import type { Clock } from '../core/clock.ts'
import { AuthenticationError, JetwayError } from '../core/errors.ts'
import type { HttpClient } from '../core/http.ts'
import { parseApiToken } from './credentials/api-token.ts'
import type { Credential } from './credentials/credential.ts'
import { maskToken } from './credentials/token-kind.ts'
import type { PendingSignIn } from './device/sign-in.ts'
import type { Account } from './github/account.ts'
import { fetchAccount } from './github/account.ts'
import type { ConfiguredHosts } from './github/hosts.ts'
import type { HeaderBlocks } from './identity/header-blocks.ts'
import { quotaFromAccount } from './quota/account-quota.ts'
import type { Quota } from './quota/quota.ts'
import type { Seat } from './seat.ts'
import type { Status } from './status.ts'
import type { Held } from './token/keeper.ts'

export interface ReportContext {
  readonly clock: Clock
  readonly http: HttpClient
  readonly hosts: ConfiguredHosts
  readonly blocks: HeaderBlocks
}

export async function readAccountOf(
  seat: Seat,
  context: ReportContext,
  signal: AbortSignal,
): Promise<Account> {
  const credential = await seat.resolve()
  if (credential.kind === 'tid') throw noAccount()
  return accountOf(credential, context, signal)
}

/** A Copilot API token alone opens no account; then answers' headers are all there is. */
export async function readQuotaOf(
  seat: Seat,
  context: ReportContext,
  signal: AbortSignal,
): Promise<Quota> {
  const credential = await seat.resolve()
  const nowMs = context.clock.now()
  if (credential.kind !== 'tid') {
    const account = await accountOf(credential, context, signal)
    return seat.quotaSeen.mergeInto(quotaFromAccount(account, nowMs))
  }
  const fields = parseApiToken(credential.token)
  const reset = Number(fields?.fields.get('rd') ?? Number.NaN)
  return seat.quotaSeen.mergeInto({
    login: undefined,
    plan: undefined,
    sku: fields?.sku,
    tokenBasedBilling: false,
    resetsAt: Number.isFinite(reset) ? new Date(reset * 1000).toISOString() : undefined,
    snapshots: {},
    limits: {},
  })
}

export async function readStatusOf(
  seat: Seat,
  context: ReportContext,
  signal: AbortSignal,
  asked: { readonly offline: boolean; readonly pending: PendingSignIn | undefined },
): Promise<Status> {
  const pendingSignIn = asked.pending
  let credential: Credential
  try {
    credential = await seat.resolve()
  } catch (error) {
    return { signedIn: false, problem: problemOf(error), skipped: seat.skipped, pendingSignIn }
  }
  const { source, kind, file, host, login } = credential
  const base: Status = {
    signedIn: true,
    source,
    kind,
    token: maskToken(credential.token),
    file,
    host,
    login,
    skipped: seat.skipped,
    pendingSignIn,
  }
  if (asked.offline) return { ...base, ...ofGrant(seat.keeper.current) }
  let held: Held
  try {
    held = await seat.keeper.hold(signal)
  } catch (error) {
    return { ...base, problem: problemOf(error) }
  }
  const status = { ...base, ...ofGrant(held) }
  if (kind === 'tid') return status
  // The plan is nice to know; that it cannot be read now is no problem of the sign-in.
  const account = await accountOf(credential, context, signal).catch(() => undefined)
  return {
    ...status,
    login: account?.login ?? status.login,
    plan: account?.plan ?? status.plan,
    sku: status.sku ?? account?.sku,
  }
}

function ofGrant(held: Held | undefined): Partial<Status> {
  if (!held) return {}
  const { way, base, expiresAtMs, sku, plan, login } = held.grant
  return {
    way,
    api: base.origin + base.basePath,
    expiresAt: expiresAtMs === undefined ? undefined : new Date(expiresAtMs).toISOString(),
    sku,
    plan,
    ...(login === undefined ? {} : { login }),
  }
}

async function accountOf(
  credential: Credential,
  { clock, http, hosts, blocks }: ReportContext,
  signal: AbortSignal,
): Promise<Account> {
  const result = await fetchAccount({
    http,
    clock,
    url: hosts.hostsFor(credential.host).accountUrl,
    token: credential.token,
    headers: blocks.forGitHub(),
    signal,
  })
  if (result.ok) return result.account
  throw result.refusal.error
}

function problemOf(error: unknown): NonNullable<Status['problem']> {
  if (error instanceof JetwayError) return { message: error.message, code: error.code }
  return { message: error instanceof Error ? error.message : String(error) }
}

function noAccount(): AuthenticationError {
  return new AuthenticationError(
    'A Copilot API token alone does not open the account. Sign in with `jetway login` to see it.',
    { llm_provider: 'github_copilot', code: 'no_account' },
  )
}
