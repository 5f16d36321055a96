import { asNumber, asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Account } from '../github/account.ts'
import type { Quota, QuotaSnapshot } from './quota.ts'

/** Quota as `/copilot_internal/user` tells it. */
export function quotaFromAccount(account: Account, nowMs: number): Quota {
  const { raw, login, plan, sku, tokenBasedBilling } = account
  const resetsAt =
    asString(raw['quota_reset_date_utc']) ??
    asString(raw['quota_reset_date']) ??
    asString(raw['limited_user_reset_date'])
  const snapshots: Record<string, QuotaSnapshot> = {}
  for (const [name, value] of Object.entries(asObject(raw['quota_snapshots']) ?? {})) {
    const snapshot = asObject(value)
    if (snapshot) snapshots[name] = fromSnapshot(snapshot, resetsAt, nowMs)
  }
  for (const [name, snapshot] of freeQuotas(raw, resetsAt, nowMs)) snapshots[name] ??= snapshot
  return { login, plan, sku, tokenBasedBilling, resetsAt, snapshots, limits: {} }
}

function fromSnapshot(
  snapshot: JsonObject,
  resetsAt: string | undefined,
  nowMs: number,
): QuotaSnapshot {
  const entitlement = asNumber(snapshot['entitlement'])
  const unlimited = snapshot['unlimited'] === true || entitlement === -1
  const resetAt = asNumber(snapshot['quota_reset_at'])
  return {
    unlimited,
    entitlement: unlimited ? undefined : entitlement,
    // The float is exact, the integer beside it is rounded down.
    remaining: unlimited
      ? undefined
      : (asNumber(snapshot['quota_remaining']) ?? asNumber(snapshot['remaining'])),
    percentRemaining: unlimited ? 100 : (asNumber(snapshot['percent_remaining']) ?? 0),
    overageUsed: asNumber(snapshot['overage_count']) ?? 0,
    overagePermitted: snapshot['overage_permitted'] === true,
    resetsAt: resetAt ? new Date(resetAt * 1000).toISOString() : resetsAt,
    source: 'account',
    observedAtMs: nowMs,
  }
}

/** The free plan's older fields, for accounts without snapshots. */
function freeQuotas(
  raw: JsonObject,
  resetsAt: string | undefined,
  nowMs: number,
): readonly (readonly [string, QuotaSnapshot])[] {
  const left = asObject(raw['limited_user_quotas']) ?? {}
  const granted = asObject(raw['monthly_quotas']) ?? {}
  return Object.entries(left).flatMap(([name, value]) => {
    const remaining = asNumber(value)
    const entitlement = asNumber(granted[name])
    if (remaining === undefined) return []
    const percent = entitlement ? (100 * remaining) / entitlement : remaining > 0 ? 100 : 0
    const snapshot: QuotaSnapshot = {
      unlimited: false,
      entitlement,
      remaining,
      percentRemaining: percent,
      overageUsed: 0,
      overagePermitted: false,
      resetsAt,
      source: 'account',
      observedAtMs: nowMs,
    }
    return [[name, snapshot] as const]
  })
}
