/** What is left of a Copilot entitlement. */
export interface Quota {
  /** The GitHub account. */
  login?: string
  /** `individual`, `business`, …: GitHub's own word. */
  plan?: string
  /** When the counters start again, as GitHub writes it. */
  resets_at?: string
  /** By GitHub's names: `chat`, `completions`, `premium_interactions`. */
  quotas: Record<string, QuotaItem>
}

export interface QuotaItem {
  unlimited: boolean
  entitlement: number
  remaining: number
  percent_remaining: number
  /** Used beyond the entitlement, and whether that is allowed. */
  overage_used: number
  overage_permitted: boolean
}
