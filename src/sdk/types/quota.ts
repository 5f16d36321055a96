/** What is left of a Copilot entitlement, in GitHub's own units: premium requests, or AI credits on plans billed by tokens. */
export interface Quota {
  /** The GitHub account. */
  login?: string
  /** `individual`, `business`, …: GitHub's own word. */
  plan?: string
  sku?: string
  token_based_billing: boolean
  /** When the counters start again, as GitHub writes it. */
  resets_at?: string
  /** By GitHub's names: `premium_interactions`, `chat`, `completions`. */
  quotas: Record<string, QuotaItem>
  /** Rolling limits, known once half of one is used: `session` (5 hours) and `weekly`. */
  limits: Record<string, QuotaLimit>
}

export interface QuotaItem {
  unlimited: boolean
  /** Absent when unlimited. */
  entitlement?: number
  /** Below 0 when more was used than granted; absent when unlimited. */
  remaining?: number
  percent_remaining: number
  /** Used beyond the entitlement, and whether that is allowed. */
  overage_used: number
  overage_permitted: boolean
  resets_at?: string
}

export interface QuotaLimit {
  entitlement?: number
  percent_remaining: number
  resets_at?: string
}
