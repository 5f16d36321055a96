export type Plan = 'free' | 'individual' | 'individual_pro' | 'business' | 'enterprise'

/** Which API host serves an account: `api.<host>.githubcopilot.com`. */
export type PlanHost = 'individual' | 'business' | 'enterprise'

export interface PlanFacts {
  readonly host: PlanHost
  readonly sku: string
  /** What `/copilot_internal/user` calls the plan; the free one is called individual too. */
  readonly copilotPlan: string
  /** The word `billing.restricted_to` uses. */
  readonly audience: string
  readonly premiumRequests: number
  /** Chat requests and completions a month where the plan counts them. */
  readonly limited?: { readonly chat: number; readonly completions: number }
}

export const PLANS: Readonly<Record<Plan, PlanFacts>> = {
  free: {
    host: 'individual',
    sku: 'free_limited_copilot',
    copilotPlan: 'individual',
    audience: 'free',
    premiumRequests: 50,
    limited: { chat: 200, completions: 2000 },
  },
  individual: {
    host: 'individual',
    sku: 'monthly_subscriber',
    copilotPlan: 'individual',
    audience: 'pro',
    premiumRequests: 300,
  },
  individual_pro: {
    host: 'individual',
    sku: 'plus_monthly_subscriber_quota',
    copilotPlan: 'individual_pro',
    audience: 'pro_plus',
    premiumRequests: 1500,
  },
  business: {
    host: 'business',
    sku: 'copilot_for_business_seat_quota',
    copilotPlan: 'business',
    audience: 'business',
    premiumRequests: 300,
  },
  enterprise: {
    host: 'enterprise',
    sku: 'copilot_enterprise_seat_quota',
    copilotPlan: 'enterprise',
    audience: 'enterprise',
    premiumRequests: 1000,
  },
}
