import { expect, test } from 'vitest'
import { compareQuota, periodStartOf, type SeatQuota } from './compare-quota.ts'

const quota = (changes: Partial<SeatQuota>, remaining: number | undefined = 290): SeatQuota => ({
  plan: 'business',
  tokenBasedBilling: true,
  resetsAt: '2026-12-01T00:00:00Z',
  snapshots: { premium_interactions: { unlimited: false, entitlement: 300, remaining } },
  ...changes,
})
const counted = (credits: number) => ({ calls: 3, nanoCredits: BigInt(Math.round(credits * 1e9)) })

test.each([
  ['agree', quota({}), 9.97, 'both agree'],
  ['used elsewhere', quota({}), 4, 'GitHub counts more'],
  ['GitHub behind', quota({}), 14, 'GitHub counts less'],
  ['premium requests', quota({ tokenBasedBilling: false }), 4, 'cannot be compared'],
  ['unlimited', quota({ snapshots: {} }), 4, 'no number'],
])('%s', (_, given, credits, words) => {
  const answer = compareQuota(given, counted(credits), '2026-11-01')
  expect(answer['explanation']).toContain(words)
  expect(answer['counted_credits']).toBe(credits)
})

test.each([
  ['2026-12-01T00:00:00Z', '2026-11-01'],
  ['2027-01-15', '2026-12-15'],
  [undefined, '2026-11-01'],
  ['soon', '2026-11-01'],
])('a period that ends at %s began on %s', (resetsAt, start) => {
  expect(periodStartOf(quota({ resetsAt }), Date.UTC(2026, 10, 21))).toBe(start)
})
