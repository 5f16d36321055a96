import { PLANS } from './plans.ts'
import type { Plan, PlanHost } from './plans.ts'

/** One kind of quota. Amounts are premium requests, chat requests or credits, whatever the plan counts. */
export interface Quota {
  /** -1 is unlimited. */
  entitlement: number
  /** Used so far in billionths, so that sums are exact; may exceed the entitlement. */
  usedNano: number
  overagePermitted: boolean
}

/** A rolling limit, in credits. */
export interface UsageLimit {
  entitlement: number
  usedNano: number
  /** Seconds until it starts again; told in `retry-after`. */
  resetInSeconds: number
}

export interface Account {
  readonly login: string
  plan: Plan
  sku: string
  /** Which API host serves it; follows the plan unless set apart. */
  host: PlanHost
  /** Whether the person has a Copilot seat. */
  entitled: boolean
  /** Why the exchange is refused when there is no seat: a `notification_id` of GitHub's. */
  refusal: string
  /** Billed by tokens (AI credits) instead of premium requests. */
  tokenBasedBilling: boolean
  quotas: { chat: Quota; completions: Quota; premium_interactions: Quota }
  organizations: { login: string; name: string }[]
  /** Model policies that differ from the catalogue. */
  policies: Record<string, 'enabled' | 'disabled' | 'unconfigured'>
  /** Models the account does not see at all. */
  hiddenModels: string[]
  limits: { session?: UsageLimit; weekly?: UsageLimit }
  /** Says another API host than the emulator's own, in the exchange and in the user answer. */
  endpoints: { token?: string; user?: string }
  /** Carried by a successful exchange, such as `subscription_trial_ending`. */
  notification?: string
  quotaResetDate: string
}

export interface QuotaInput {
  readonly entitlement?: number
  readonly unlimited?: boolean
  /** What is left; may be negative. Sets what is used. */
  readonly remaining?: number
  readonly overagePermitted?: boolean
}

export interface LimitInput {
  readonly entitlement: number
  readonly percentRemaining?: number
  readonly resetInSeconds?: number
}

export interface AccountInput {
  readonly login: string
  readonly plan?: Plan
  readonly sku?: string
  readonly host?: PlanHost
  readonly entitled?: boolean
  readonly refusal?: string
  readonly tokenBasedBilling?: boolean
  readonly quotas?: {
    readonly chat?: QuotaInput
    readonly completions?: QuotaInput
    readonly premium_interactions?: QuotaInput
  }
  readonly organizations?: readonly { readonly login: string; readonly name: string }[]
  readonly policies?: Readonly<Record<string, 'enabled' | 'disabled' | 'unconfigured'>>
  readonly hiddenModels?: readonly string[]
  readonly limits?: { readonly session?: LimitInput; readonly weekly?: LimitInput }
  readonly endpoints?: { readonly token?: string; readonly user?: string }
  readonly notification?: string
  readonly quotaResetDate?: string
}

export const NANO = 1_000_000_000

export function accountFromInput(input: AccountInput, nextReset: string): Account {
  const plan = input.plan ?? 'individual'
  const facts = PLANS[plan] as (typeof PLANS)[Plan] | undefined
  if (!facts) {
    throw new TypeError(`plan '${plan}' is not known; take one of ${Object.keys(PLANS).join(', ')}`)
  }
  const limited = facts.limited
  const account: Account = {
    login: input.login,
    plan,
    sku: input.sku ?? facts.sku,
    host: input.host ?? facts.host,
    entitled: input.entitled ?? true,
    refusal: input.refusal ?? 'no_copilot_access',
    tokenBasedBilling: input.tokenBasedBilling ?? false,
    quotas: {
      chat: quotaFrom(input.quotas?.chat, limited?.chat ?? -1),
      completions: quotaFrom(input.quotas?.completions, limited?.completions ?? -1),
      premium_interactions: quotaFrom(input.quotas?.premium_interactions, facts.premiumRequests),
    },
    organizations: [...(input.organizations ?? [])],
    policies: { ...input.policies },
    hiddenModels: [...(input.hiddenModels ?? [])],
    limits: {},
    endpoints: { ...input.endpoints },
    quotaResetDate: input.quotaResetDate ?? nextReset,
  }
  if (input.notification !== undefined) account.notification = input.notification
  if (input.limits?.session) account.limits.session = limitFrom(input.limits.session, 18_000)
  if (input.limits?.weekly) account.limits.weekly = limitFrom(input.limits.weekly, 604_800)
  return account
}

function quotaFrom(input: QuotaInput | undefined, planEntitlement: number): Quota {
  const entitlement = input?.unlimited ? -1 : (input?.entitlement ?? planEntitlement)
  const remaining = input?.remaining ?? entitlement
  return {
    entitlement,
    usedNano: entitlement === -1 ? 0 : Math.round((entitlement - remaining) * NANO),
    overagePermitted: input?.overagePermitted ?? false,
  }
}

function limitFrom(input: LimitInput, resetInSeconds: number): UsageLimit {
  const used = input.entitlement * (1 - (input.percentRemaining ?? 100) / 100)
  return {
    entitlement: input.entitlement,
    usedNano: Math.round(used * NANO),
    resetInSeconds: input.resetInSeconds ?? resetInSeconds,
  }
}

export function isUnlimited(quota: Quota): boolean {
  return quota.entitlement < 0
}

export function remainingOf(quota: Quota): number {
  return quota.entitlement - quota.usedNano / NANO
}

/** Percent left, 100 when unlimited; below zero when more was used than granted. */
export function percentRemaining(quota: Quota | UsageLimit): number {
  if (quota.entitlement < 0) return 100
  if (quota.entitlement === 0) return quota.usedNano > 0 ? -100 : 0
  return (100 * (quota.entitlement * NANO - quota.usedNano)) / (quota.entitlement * NANO)
}
