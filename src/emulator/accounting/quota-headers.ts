import { NANO, isUnlimited, percentRemaining } from '../accounts/account.ts'
import type { Account, Quota, UsageLimit } from '../accounts/account.ts'
import type { ShiftedClock } from '../shifted-clock.ts'

/** The quota headers of a 2xx answer. `rem` is a percentage, not a count. */
export function quotaHeaders(account: Account, clock: ShiftedClock): Record<string, string> {
  const reset = `${account.quotaResetDate}T00:00:00Z`
  const { chat, completions, premium_interactions: premium } = account.quotas
  const headers: Record<string, string> = {
    'x-quota-snapshot-chat': snapshot(chat, reset),
    'x-quota-snapshot-completions': snapshot(completions, reset),
    'x-quota-snapshot-premium_interactions': snapshot(premium, reset),
    'x-quota-snapshot-premium_models': snapshot(premium, reset),
  }
  const { session, weekly } = account.limits
  if (session && isHalfUsed(session)) {
    headers['x-usage-ratelimit-session'] = usageLimit(session, clock)
  }
  if (weekly && isHalfUsed(weekly)) headers['x-usage-ratelimit-weekly'] = usageLimit(weekly, clock)
  return headers
}

function snapshot(quota: Quota, reset: string): string {
  return new URLSearchParams({
    ent: String(isUnlimited(quota) ? -1 : quota.entitlement),
    ov: overageOf(quota).toFixed(1),
    ovPerm: String(quota.overagePermitted),
    rem: percentRemaining(quota).toFixed(1),
    rst: reset,
  }).toString()
}

/** The limits are told from half of them on. */
function isHalfUsed(limit: UsageLimit): boolean {
  return percentRemaining(limit) <= 50
}

function usageLimit(limit: UsageLimit, clock: ShiftedClock): string {
  return new URLSearchParams({
    ent: String(limit.entitlement),
    rem: percentRemaining(limit).toFixed(1),
    rst: resetTime(limit, clock),
  }).toString()
}

function resetTime(limit: UsageLimit, clock: ShiftedClock): string {
  return new Date(clock.now() + limit.resetInSeconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}

export function overageOf(quota: Quota): number {
  if (isUnlimited(quota)) return 0
  return Math.max(0, (quota.usedNano - quota.entitlement * NANO) / NANO)
}

/** The same as JSON, as a WebSocket tells it; there the entitlement is a string. */
export function quotaSnapshots(account: Account, clock: ShiftedClock): Record<string, unknown> {
  const reset = `${account.quotaResetDate}T00:00:00Z`
  const { chat, completions, premium_interactions: premium } = account.quotas
  const value = (quota: Quota): unknown => ({
    entitlement: String(isUnlimited(quota) ? -1 : quota.entitlement),
    percent_remaining: percentRemaining(quota),
    overage_permitted: quota.overagePermitted,
    overage_count: overageOf(quota),
    has_quota: percentRemaining(quota) > 0,
    reset_date: reset,
  })
  const limit = (usage: UsageLimit): unknown => ({
    entitlement: String(usage.entitlement),
    percent_remaining: percentRemaining(usage),
    overage_permitted: false,
    overage_count: 0,
    has_quota: percentRemaining(usage) > 0,
    reset_date: resetTime(usage, clock),
  })
  return {
    chat: value(chat),
    completions: value(completions),
    premium_interactions: value(premium),
    premium_models: value(premium),
    ...(account.limits.session && { '5Hour-Session-RateLimits': limit(account.limits.session) }),
    ...(account.limits.weekly && { 'Weekly-Session-RateLimits': limit(account.limits.weekly) }),
  }
}
