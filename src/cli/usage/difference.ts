import type { Quota } from '../../sdk/types/quota.ts'

/** GitHub's count beside ours, and what can lie between them. */
export interface Difference {
  /** The first day that both count, UTC. */
  readonly since: string
  readonly github_credits: number
  readonly counted_credits: number
  readonly difference_credits: number
  readonly explanation: string
}

/** The day on which GitHub's counters last began: a month before they start again. */
export function periodStart({ resets_at }: Pick<Quota, 'resets_at'>): string | undefined {
  if (resets_at === undefined) return undefined
  const date = new Date(resets_at)
  if (Number.isNaN(date.getTime())) return undefined
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() - 1)
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, lastDay))
  return date.toISOString().slice(0, 10)
}

/** What GitHub says was used; `undefined` where its counter has another unit than credits, or none. */
export function usedAtGitHub({ token_based_billing, quotas }: Quota): number | undefined {
  const item = quotas['premium_interactions']
  if (!token_based_billing || !item || item.unlimited) return undefined
  const { entitlement, remaining, overage_used } = item
  if (entitlement === undefined || remaining === undefined) return undefined
  // Beyond the entitlement either `remaining` is below zero or the overage counts: never both.
  return Math.max(entitlement - remaining, entitlement - Math.max(0, remaining) + overage_used)
}

/** Below this the two agree: GitHub rounds, and is some minutes behind. */
const AGREE_CREDITS = 0.5
const AGREE_SHARE = 0.01

export function explainDifference(since: string, github: number, counted: number): Difference {
  const difference = github - counted
  const agree = Math.abs(difference) <= Math.max(AGREE_CREDITS, github * AGREE_SHARE)
  return {
    since,
    github_credits: github,
    counted_credits: counted,
    difference_credits: difference,
    explanation: agree
      ? 'the two agree'
      : difference > 0
        ? 'GitHub counts more: editors and other tools on this account do not pass through this gateway, and neither did what was called before it kept a ledger or from another data folder'
        : 'the gateway counts more: GitHub is some minutes behind, estimated calls may cost less, and calls on other seats (people who connected their own) are not on this account',
  }
}
