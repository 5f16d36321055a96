import { BudgetExceededError, RateLimitError } from '../../core/errors.ts'
import { creditsFromNano } from '../../core/usage.ts'
import type { BudgetVerdict } from '../budgets/allowances.ts'
import { periodAt } from '../budgets/period.ts'
import type { Left, Refusal } from '../limits/limit-store.ts'
import type { Owner } from './demands.ts'

const UNITS = {
  requests: 'requests a minute',
  tokens: 'tokens a minute',
  parallel: 'calls at once',
} as const

/** Which limit, what is used of it, and when to come again. */
export function limitError(
  refusal: Refusal,
  left: readonly Left[],
  owners: readonly Owner[],
): RateLimitError {
  const label = labelOf(refusal.scope, owners)
  const seconds = Math.max(1, Math.ceil(refusal.retryAfterMs / 1000))
  const used =
    refusal.kind === 'parallel' ? `${refusal.used} are under way` : `${refusal.used} are used`
  return new RateLimitError(
    `${label} is at its limit of ${refusal.limit} ${UNITS[refusal.kind]} (${used}): try again in ${seconds} s`,
    {
      code: 'rate_limit_exceeded',
      retry_after: seconds,
      headers: limitHeaders(left),
      body: {
        limit: refusal.kind,
        scope: refusal.scope,
        maximum: refusal.limit,
        used: refusal.used,
        retry_after: seconds,
      },
    },
  )
}

/** Which budget, what is left of it, and when it returns. */
export function budgetError(
  refusal: NonNullable<BudgetVerdict['refusal']>,
  owners: readonly Owner[],
  wantedNanoCredits: number,
  nowMs: number,
): BudgetExceededError {
  const owner = owners.find((candidate) => candidate.scope === refusal.scope)
  const { endMs } = periodAt(owner?.limits.budget?.period, nowMs)
  const left = refusal.maxNanoCredits - refusal.spentNanoCredits - refusal.heldNanoCredits
  const held =
    refusal.heldNanoCredits > 0 ? `, ${credits(refusal.heldNanoCredits)} held by running calls` : ''
  const returns =
    endMs === undefined
      ? 'it does not return by itself: ask for more'
      : `it returns on ${iso(endMs)}`
  return new BudgetExceededError(
    `${labelOf(refusal.scope, owners)} has spent ${credits(refusal.spentNanoCredits)} of its budget of ${credits(refusal.maxNanoCredits)} credits${held}; this call may cost ${credits(wantedNanoCredits)}, less with a smaller max_tokens; ${returns}`,
    {
      code: 'budget_exceeded',
      retry_after: endMs === undefined ? undefined : Math.ceil((endMs - nowMs) / 1000),
      headers: {
        'x-jetway-budget-remaining-credits': String(creditsFromNano(Math.max(0, left))),
        ...(endMs === undefined ? {} : { 'x-jetway-budget-reset': iso(endMs) }),
      },
      body: {
        scope: refusal.scope,
        max_budget_credits: creditsFromNano(refusal.maxNanoCredits),
        spend_credits: creditsFromNano(refusal.spentNanoCredits),
        remaining_credits: creditsFromNano(Math.max(0, left)),
        ...(endMs === undefined ? {} : { resets_at: iso(endMs) }),
      },
    },
  )
}

const LIMIT_HEADERS = {
  requests: {
    limit: 'x-ratelimit-limit-requests',
    remaining: 'x-ratelimit-remaining-requests',
    reset: 'x-ratelimit-reset-requests',
  },
  tokens: {
    limit: 'x-ratelimit-limit-tokens',
    remaining: 'x-ratelimit-remaining-tokens',
    reset: 'x-ratelimit-reset-tokens',
  },
} as const

/** The tightest limit of each kind, under the names that OpenAI's clients read. */
export function limitHeaders(left: readonly Left[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const kind of ['requests', 'tokens'] as const) {
    let tightest: Left | undefined
    for (const row of left) {
      if (row.kind === kind && row.remaining < (tightest?.remaining ?? Infinity)) tightest = row
    }
    if (!tightest) continue
    const names = LIMIT_HEADERS[kind]
    headers[names.limit] = String(tightest.limit)
    headers[names.remaining] = String(tightest.remaining)
    headers[names.reset] = `${Math.ceil(tightest.resetMs / 1000)}s`
  }
  return headers
}

function labelOf(scope: string, owners: readonly Owner[]): string {
  return owners.find((owner) => owner.scope === scope)?.label ?? scope
}

/** At most four places: `0.0313`, `12`. */
function credits(nanoCredits: number): string {
  return String(Math.round(creditsFromNano(nanoCredits) * 10_000) / 10_000)
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
