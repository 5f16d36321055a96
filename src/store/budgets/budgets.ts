import { sql, type Transaction } from 'kysely'
import type {
  Account,
  BudgetStore,
  BudgetVerdict,
  Reservation,
  Spending,
} from '../../policy/budgets/budget-store.ts'
import type { Database } from '../database/open.ts'
import type { Schema } from '../schema.ts'

/**
 * Budgets as rows: exact, durable, and the same for every replica that shares the database.
 *
 * A reservation adds first and looks afterwards: the upsert locks the rows and gives back their new values, so two calls can
 * never both see the same money. One that went too far is rolled back whole.
 */
export function createBudgets(database: Database): BudgetStore {
  return {
    async reserve(reservation) {
      if (reservation.demands.length === 0) return { spending: [] }
      try {
        return await database.query.transaction().execute(async (transaction) => {
          const verdict = verdictOf(reservation, await hold(transaction, reservation))
          // Leaving by an exception is how a transaction is undone.
          if (verdict.refusal) throw new Refused(verdict)
          return verdict
        })
      } catch (error) {
        if (error instanceof Refused) return error.verdict
        throw error
      }
    },

    async settle({ callId, accounts, nanoCredits }) {
      if (accounts.length === 0) return
      await database.query.transaction().execute(async (transaction) => {
        const held = await transaction
          .deleteFrom('holds')
          .where('call_id', '=', callId)
          .returningAll()
          .execute()
        const amounts = new Map(
          held.map((row) => [accountKey(row.scope, row.period_start), row.amount]),
        )
        for (const account of sorted(accounts)) {
          const amount = amounts.get(accountKey(account.scope, account.periodStartMs)) ?? 0
          await charge(transaction, account, nanoCredits, amount)
        }
      })
    },

    expireHolds: (nowMs) =>
      database.query.transaction().execute(async (transaction) => {
        const expired = await transaction
          .deleteFrom('holds')
          .where('expires_at', '<', nowMs)
          .returningAll()
          .execute()
        const accounts = expired.map(({ scope, period_start, amount }) => ({
          scope,
          periodStartMs: period_start,
          amount,
        }))
        for (const account of sorted(accounts)) {
          await charge(transaction, account, account.amount, account.amount)
        }
        return expired.length
      }),

    async spending(accounts) {
      if (accounts.length === 0) return []
      const rows = await database.query
        .selectFrom('spending')
        .select(EXACT)
        .where('scope', 'in', [...new Set(accounts.map((account) => account.scope))])
        .execute()
      return accounts.map((account) => {
        const row = rows.find(
          (found) => found.scope === account.scope && found.period_start === account.periodStartMs,
        )
        return {
          ...account,
          spentNanoCredits: Number(row?.spent ?? 0),
          heldNanoCredits: Number(row?.held ?? 0),
        }
      })
    },
  }
}

/** Sums as text: above 2^53 SQLite's driver gives no number at all, and a budget that never returns may come there. */
const EXACT = [
  'scope',
  'period_start',
  sql<string>`cast(spent as text)`.as('spent'),
  sql<string>`cast(held as text)`.as('held'),
] as const

class Refused extends Error {
  readonly verdict: BudgetVerdict
  constructor(verdict: BudgetVerdict) {
    super('over budget')
    this.verdict = verdict
  }
}

/** The rows as they stand with this call's hold in them. */
async function hold(
  transaction: Transaction<Schema>,
  { callId, demands, nanoCredits, expiresAtMs }: Reservation,
): Promise<readonly Spending[]> {
  const amount = Math.round(nanoCredits)
  const rows = await transaction
    .insertInto('spending')
    // In one order everywhere, so that two calls never wait for each other's rows.
    .values(
      sorted(demands).map(({ scope, periodStartMs }) => ({
        scope,
        period_start: periodStartMs,
        spent: 0,
        held: amount,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['scope', 'period_start'])
        .doUpdateSet({ held: sql<number>`spending.held + excluded.held` }),
    )
    .returning(EXACT)
    .execute()
  await transaction
    .insertInto('holds')
    .values(
      demands.map(({ scope, periodStartMs }) => ({
        call_id: callId,
        scope,
        period_start: periodStartMs,
        amount,
        expires_at: Math.round(expiresAtMs),
      })),
    )
    .execute()
  return rows.map((row) => ({
    scope: row.scope,
    periodStartMs: row.period_start,
    spentNanoCredits: Number(row.spent),
    heldNanoCredits: Number(row.held),
  }))
}

function verdictOf(
  { demands, nanoCredits }: Reservation,
  rows: readonly Spending[],
): BudgetVerdict {
  const amount = Math.round(nanoCredits)
  const spending: Spending[] = []
  for (const demand of demands) {
    const row = rows.find(
      (found) => found.scope === demand.scope && found.periodStartMs === demand.periodStartMs,
    )
    if (!row) continue
    if (row.spentNanoCredits + row.heldNanoCredits > demand.maxNanoCredits) {
      const before = { ...row, heldNanoCredits: row.heldNanoCredits - amount }
      return { refusal: { ...before, maxNanoCredits: demand.maxNanoCredits }, spending: [before] }
    }
    spending.push(row)
  }
  return { spending }
}

async function charge(
  transaction: Transaction<Schema>,
  account: Account,
  nanoCredits: number,
  held: number,
): Promise<void> {
  const spent = Math.round(nanoCredits)
  await transaction
    .insertInto('spending')
    .values({ scope: account.scope, period_start: account.periodStartMs, spent, held: 0 })
    .onConflict((conflict) =>
      conflict.columns(['scope', 'period_start']).doUpdateSet({
        spent: sql<number>`spending.spent + ${spent}`,
        held: sql<number>`spending.held - ${held}`,
      }),
    )
    .execute()
}

function sorted<Row extends Account>(accounts: readonly Row[]): readonly Row[] {
  return [...accounts].sort((a, b) =>
    accountKey(a.scope, a.periodStartMs) < accountKey(b.scope, b.periodStartMs) ? -1 : 1,
  )
}

function accountKey(scope: string, periodStartMs: number): string {
  return `${scope}@${periodStartMs}`
}
