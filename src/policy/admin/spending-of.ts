import type { Clock } from '../../core/clock.ts'
import type { Budgets } from '../budgets/allowances.ts'
import { periodAt } from '../budgets/period.ts'
import type { Limits } from '../keys/key.ts'
import type { Spend } from './fields.ts'
import type { SpendReader } from './spend-reader.ts'

interface Spender {
  readonly id: string
  readonly limits: Limits
}

/**
 * What keys, users or teams have spent, many at once: of the budget's period where there is a budget, else altogether.
 * With a budget its own account counts, which every replica settles at once; the ledger may be a moment behind.
 */
export function createSpendingOf(options: {
  readonly budgets: Pick<Budgets, 'spending'>
  readonly ledger: SpendReader
  readonly clock: Clock
}): (kind: 'key' | 'user' | 'team', spenders: readonly Spender[]) => Promise<readonly Spend[]> {
  const { budgets, ledger, clock } = options

  return async (kind, spenders) => {
    const nowMs = clock.now()
    const accounts = spenders.flatMap(({ id, limits: { budget } }) =>
      budget
        ? [{ scope: `${kind}:${id}`, periodStartMs: periodAt(budget.period, nowMs).startMs }]
        : [],
    )
    const without = spenders.filter(({ limits }) => !limits.budget).map(({ id }) => id)
    const [rows, sums] = await Promise.all([
      budgets.spending(accounts),
      ledger.spentBy(kind, without),
    ])
    const spent = new Map(rows.map((row) => [row.scope, row.spentNanoCredits]))
    return spenders.map(({ id }) => ({
      spentNanoCredits: spent.get(`${kind}:${id}`) ?? sums.get(id) ?? 0,
    }))
  }
}
