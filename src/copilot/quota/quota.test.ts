import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { readAccount } from '../github/account.ts'
import { quotaFromAccount } from './account-quota.ts'
import { createHeaderQuota } from './header-quota.ts'

const NOW = 1_790_000_000_000

const paid: JsonObject = {
  login: 'octo',
  access_type_sku: 'copilot_for_business_seat_quota',
  copilot_plan: 'business',
  token_based_billing: true,
  quota_reset_date: '2026-10-01',
  quota_reset_date_utc: '2026-10-01T00:00:00.000Z',
  quota_snapshots: {
    chat: { entitlement: 0, percent_remaining: 100, remaining: 0, unlimited: true },
    completions: { entitlement: -1, percent_remaining: 100, remaining: 0 },
    premium_interactions: {
      entitlement: 300,
      overage_count: 2.5,
      overage_permitted: true,
      percent_remaining: -0.33,
      quota_remaining: -0.9,
      remaining: -1,
      unlimited: false,
      quota_reset_at: 1_790_600_000,
    },
    odd: 'x',
  },
}

test("a paid plan's snapshots: unlimited ones, and one that is overdrawn", () => {
  expect(quotaFromAccount(readAccount(paid), NOW)).toEqual({
    login: 'octo',
    plan: 'business',
    sku: 'copilot_for_business_seat_quota',
    tokenBasedBilling: true,
    resetsAt: '2026-10-01T00:00:00.000Z',
    limits: {},
    snapshots: {
      chat: unlimited(),
      completions: unlimited(),
      premium_interactions: {
        unlimited: false,
        entitlement: 300,
        remaining: -0.9,
        percentRemaining: -0.33,
        overageUsed: 2.5,
        overagePermitted: true,
        resetsAt: new Date(1_790_600_000_000).toISOString(),
        source: 'account',
        observedAtMs: NOW,
      },
    },
  })
})

function unlimited(): object {
  return {
    unlimited: true,
    entitlement: undefined,
    remaining: undefined,
    percentRemaining: 100,
    overageUsed: 0,
    overagePermitted: false,
    resetsAt: '2026-10-01T00:00:00.000Z',
    source: 'account',
    observedAtMs: NOW,
  }
}

test("the free plan's older fields", () => {
  const quota = quotaFromAccount(
    readAccount({
      copilot_plan: 'individual',
      monthly_quotas: { chat: 200, completions: 2000 },
      limited_user_quotas: { chat: 150, completions: 0 },
      limited_user_reset_date: '2026-10-09',
    }),
    NOW,
  )
  expect(quota.resetsAt).toBe('2026-10-09')
  expect(quota.snapshots).toMatchObject({
    chat: { entitlement: 200, remaining: 150, percentRemaining: 75, resetsAt: '2026-10-09' },
    completions: { entitlement: 2000, remaining: 0, percentRemaining: 0 },
  })
})

test('what an answer says counts when it is newer, and junk does not count', () => {
  const seen = createHeaderQuota()
  const account = quotaFromAccount(readAccount(paid), NOW)
  seen.observe(
    {
      'x-quota-snapshot-premium_interactions':
        'ent=300&ov=0.0&ovPerm=false&rem=31.3&rst=2026-10-01T00%3A00%3A00Z',
      'x-quota-snapshot-chat': 'ent=-1&rem=100.0',
      'x-quota-snapshot-premium_models': 'nonsense',
      'x-usage-ratelimit-weekly': 'ent=50&rem=67.5&rst=2026-10-04T00%3A00%3A00Z',
      'x-other': 'y',
    },
    NOW + 1,
  )
  const merged = seen.mergeInto(account)
  expect(merged.snapshots['premium_interactions']).toEqual({
    unlimited: false,
    entitlement: 300,
    remaining: 93.9,
    percentRemaining: 31.3,
    overageUsed: 0,
    overagePermitted: false,
    resetsAt: '2026-10-01T00:00:00Z',
    source: 'header',
    observedAtMs: NOW + 1,
  })
  expect(merged.snapshots['chat']).toMatchObject({ unlimited: true, source: 'header' })
  expect(merged.snapshots).not.toHaveProperty('premium_models')
  expect(merged.limits).toEqual({
    weekly: {
      entitlement: 50,
      percentRemaining: 67.5,
      resetsAt: '2026-10-04T00:00:00Z',
      observedAtMs: NOW + 1,
    },
  })
  const later = quotaFromAccount(readAccount(paid), NOW + 2)
  expect(seen.mergeInto(later).snapshots['premium_interactions']?.source).toBe('account')
})
