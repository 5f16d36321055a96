/** What a seat has left, in GitHub's own units: premium requests, or AI credits on plans billed by tokens. */
export interface Quota {
  readonly login: string | undefined
  /** `individual`, `business`, … an open set. */
  readonly plan: string | undefined
  readonly sku: string | undefined
  readonly tokenBasedBilling: boolean
  /** ISO 8601, as GitHub says it. */
  readonly resetsAt: string | undefined
  /** By GitHub's names: `premium_interactions`, `chat`, `completions`, `premium_models`. */
  readonly snapshots: Readonly<Record<string, QuotaSnapshot>>
  /** Rolling limits, told once half of one is used: `session` (5 hours) and `weekly`. */
  readonly limits: Readonly<Record<string, UsageLimit>>
}

export interface QuotaSnapshot {
  readonly unlimited: boolean
  /** `undefined` when unlimited. */
  readonly entitlement: number | undefined
  /** May be negative: more was used than granted. `undefined` when unlimited. */
  readonly remaining: number | undefined
  readonly percentRemaining: number
  readonly overageUsed: number
  readonly overagePermitted: boolean
  readonly resetsAt: string | undefined
  /** `account`: as the account page said. `header`: as a call's answer said. */
  readonly source: 'account' | 'header'
  /** Milliseconds since 1970. */
  readonly observedAtMs: number
}

export interface UsageLimit {
  readonly entitlement: number | undefined
  readonly percentRemaining: number
  readonly resetsAt: string | undefined
  readonly observedAtMs: number
}
