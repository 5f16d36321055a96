import { randomUUID } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import { creditsFromNano } from '../../core/usage.ts'
import type { AuditLog } from '../admin/audit.ts'
import type { Owner } from '../admission/demands.ts'
import type { Spending } from './budget-store.ts'

/** Periods remembered as reported; beyond it the oldest may be reported once more. */
const MOST_REMEMBERED = 10_000

/** Reports a soft mark once in each of its budget's periods: in the log, and in the audit log for whoever looks later. */
export function createSoftMarks(options: {
  readonly audit: AuditLog
  readonly clock: Clock
  readonly log: Log
}): (owner: Owner, spending: Spending) => void {
  const { audit, clock, log } = options
  const reported = new Set<string>()

  return ({ scope, limits }, { periodStartMs, spentNanoCredits }) => {
    const id = `${scope}@${periodStartMs}@${limits.budget?.softNanoCredits}`
    if (reported.has(id)) return
    reported.add(id)
    const [oldest] = reported
    if (reported.size > MOST_REMEMBERED && oldest !== undefined) reported.delete(oldest)
    const detail = {
      spend_credits: creditsFromNano(spentNanoCredits),
      soft_budget_credits: creditsFromNano(limits.budget?.softNanoCredits ?? 0),
      max_budget_credits: creditsFromNano(limits.budget?.maxNanoCredits ?? 0),
    }
    log.warn('a budget reached its soft mark', { scope, ...detail })
    audit
      .append({
        id: randomUUID(),
        atMs: clock.now(),
        actor: 'gateway',
        action: 'budget.soft',
        subject: scope,
        detail,
      })
      .catch(() => {
        reported.delete(id)
      })
  }
}
