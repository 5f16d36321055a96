import type { JsonObject } from '../../core/json.ts'
import { NANO_CREDITS_PER_CREDIT } from '../../core/usage.ts'

/** What GitHub says a seat has left. */
export interface SeatQuota {
  readonly plan: string | undefined
  /** Counted in AI credits; else in premium requests. */
  readonly tokenBasedBilling: boolean
  readonly resetsAt: string | undefined
  readonly snapshots: Readonly<
    Record<
      string,
      {
        readonly unlimited: boolean
        readonly entitlement: number | undefined
        readonly remaining: number | undefined
      }
    >
  >
}

/** What the ledger says of the same person since GitHub began to count. */
export interface Counted {
  readonly calls: number
  readonly nanoCredits: bigint
}

/** The first day of the period that ends at `resetsAt`: GitHub's periods are months. */
export function periodStartOf({ resetsAt }: SeatQuota, nowMs: number): string {
  const end = resetsAt === undefined ? Number.NaN : Date.parse(resetsAt)
  const date = new Date(Number.isNaN(end) ? nowMs : end)
  if (Number.isNaN(end)) date.setUTCDate(1)
  else date.setUTCMonth(date.getUTCMonth() - 1)
  return date.toISOString().slice(0, 10)
}

/** GitHub's own quota beside our count, and why they differ. */
export function compareQuota(quota: SeatQuota, counted: Counted, since: string): JsonObject {
  const snapshot = quota.snapshots['premium_interactions']
  const { entitlement, remaining } = snapshot ?? {}
  const used =
    entitlement === undefined || remaining === undefined ? undefined : entitlement - remaining
  const credits = Number(counted.nanoCredits) / NANO_CREDITS_PER_CREDIT
  const comparable = quota.tokenBasedBilling && used !== undefined
  const difference = comparable ? used - credits : undefined
  return {
    plan: quota.plan ?? null,
    unit: quota.tokenBasedBilling ? 'credits' : 'premium requests',
    unlimited: snapshot?.unlimited ?? null,
    entitlement: entitlement ?? null,
    remaining: remaining ?? null,
    used: used ?? null,
    resets_at: quota.resetsAt ?? null,
    since,
    counted_calls: counted.calls,
    counted_credits: credits,
    difference_credits: difference ?? null,
    explanation: explain(quota, used, difference),
  }
}

/** Below this the two agree: GitHub rounds what it shows. */
const ROUNDING_CREDITS = 0.05

function explain(
  quota: SeatQuota,
  used: number | undefined,
  difference: number | undefined,
): string {
  if (!quota.tokenBasedBilling)
    return 'this plan counts premium requests, and the ledger what the same calls would cost in credits: the two cannot be compared'
  if (used === undefined || difference === undefined)
    return 'GitHub says no number for this plan: it is not limited, or not told'
  if (Math.abs(difference) <= ROUNDING_CREDITS) return 'both agree'
  return difference > 0
    ? 'GitHub counts more: the seat is used beside this gateway too (editor, github.com, command line), or was before its ledger began'
    : 'GitHub counts less: its page is some minutes behind, or calls were billed that GitHub has credited'
}
