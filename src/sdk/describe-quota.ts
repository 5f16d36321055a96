import type { Quota, QuotaItem, QuotaLimit } from './types/quota.ts'

/** Quota as the Copilot room says it; by shape alone, so that this room knows no vendor. */
export interface SeatQuota {
  readonly login: string | undefined
  readonly plan: string | undefined
  readonly sku: string | undefined
  readonly tokenBasedBilling: boolean
  readonly resetsAt: string | undefined
  readonly snapshots: Readonly<Record<string, SeatQuotaSnapshot>>
  readonly limits: Readonly<Record<string, SeatQuotaLimit>>
}

interface SeatQuotaSnapshot {
  readonly unlimited: boolean
  readonly entitlement: number | undefined
  readonly remaining: number | undefined
  readonly percentRemaining: number
  readonly overageUsed: number
  readonly overagePermitted: boolean
  readonly resetsAt: string | undefined
}

interface SeatQuotaLimit {
  readonly entitlement: number | undefined
  readonly percentRemaining: number
  readonly resetsAt: string | undefined
}

/** Under the wire's kind of names, and without what is not known. */
export function describeQuota(quota: SeatQuota): Quota {
  const { login, plan, sku, resetsAt } = quota
  return {
    ...known({ login, plan, sku, resets_at: resetsAt }),
    token_based_billing: quota.tokenBasedBilling,
    quotas: mapValues(quota.snapshots, describeSnapshot),
    limits: mapValues(quota.limits, describeLimit),
  }
}

function describeSnapshot(snapshot: SeatQuotaSnapshot): QuotaItem {
  const { unlimited, entitlement, remaining, resetsAt } = snapshot
  return {
    unlimited,
    ...known({ entitlement, remaining, resets_at: resetsAt }),
    percent_remaining: snapshot.percentRemaining,
    overage_used: snapshot.overageUsed,
    overage_permitted: snapshot.overagePermitted,
  }
}

function describeLimit({ entitlement, percentRemaining, resetsAt }: SeatQuotaLimit): QuotaLimit {
  return {
    ...known({ entitlement, resets_at: resetsAt }),
    percent_remaining: percentRemaining,
  }
}

type Known<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function known<T extends object>(fields: T): Known<T> {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(present) as Known<T>
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
}
