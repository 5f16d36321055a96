import { sql, type Insertable, type Kysely, type Transaction } from 'kysely'
import type {
  Account,
  BudgetStore,
  Granted,
  HoldRequest,
  HoldVerdict,
  Posting,
  Spending,
} from '../../policy/budgets/budget-store.ts'
import type { Database } from '../database/open.ts'
import { createRepeated } from '../database/repeated.ts'
import type { HoldTable, Schema, SpendingTable } from '../schema.ts'

/**
 * Budgets as rows: exact, durable, and the same for every process that shares the database.
 *
 * Money is added first and looked at afterwards: the upsert locks the rows and gives back their new values, so two processes
 * can never both see the same money. A hold that went too far is rolled back whole. Every transaction touches `holds` before
 * `spending`, and rows in one order, so that two never wait for each other.
 */
export function createBudgets(database: Database): BudgetStore {
  const queries = createQueries(database.query)
  return {
    async hold(request) {
      try {
        return await database.query
          .transaction()
          .execute(async (transaction) => ({ granted: await hold(transaction, queries, request) }))
      } catch (error) {
        // Leaving by an exception is how a transaction is undone.
        if (error instanceof Refused) return error.verdict
        throw error
      }
    },

    async post(posting) {
      if (posting.entries.length === 0) return []
      return database.query
        .transaction()
        .execute((transaction) => post(transaction, queries, posting))
    },

    expireHolds: (nowMs) =>
      database.query.transaction().execute(async (transaction) => {
        const expired = await transaction
          .deleteFrom('holds')
          .where('expires_at', '<', nowMs)
          .returningAll()
          .execute()
        await add(
          transaction,
          queries,
          expired.map(({ scope, period_start, amount }) => ({
            scope,
            periodStartMs: period_start,
            spent: amount,
            held: -amount,
          })),
        )
        return expired.length
      }),

    async spending(accounts) {
      if (accounts.length === 0) return []
      const rows = await database.query
        .selectFrom('spending')
        .select(EXACT)
        .where('scope', 'in', [...new Set(accounts.map((account) => account.scope))])
        .execute()
      const found = byAccount(rows.map(spendingFromRow))
      return accounts.map(
        ({ scope, periodStartMs }) =>
          found.get(accountKey(scope, periodStartMs)) ?? {
            scope,
            periodStartMs,
            spentNanoCredits: 0,
            heldNanoCredits: 0,
          },
      )
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

type HoldRow = Insertable<HoldTable>
type SpendingRow = Insertable<SpendingTable>

/** What a busy budget asks some times a second. */
type Queries = ReturnType<typeof createQueries>

function createQueries(query: Kysely<Schema>) {
  const valuesOfHold = ({ holder, scope, period_start, amount, expires_at }: HoldRow) => [
    holder,
    scope,
    period_start,
    amount,
    expires_at,
  ]
  return {
    raiseHolds: createRepeated({
      build: (rows: readonly HoldRow[]) =>
        query
          .insertInto('holds')
          .values(rows)
          .onConflict((conflict) =>
            conflict.columns(['holder', 'scope', 'period_start']).doUpdateSet({
              amount: sql<number>`holds.amount + excluded.amount`,
              expires_at: sql<number>`excluded.expires_at`,
            }),
          ),
      valuesOf: valuesOfHold,
    }),

    setHolds: createRepeated({
      build: (rows: readonly HoldRow[]) => query.insertInto('holds').values(rows),
      valuesOf: valuesOfHold,
    }),

    removeHolds: createRepeated({
      build: ([holder = '', ...scopes]: readonly string[]) =>
        query
          .deleteFrom('holds')
          .where('holder', '=', holder)
          .where('scope', 'in', scopes)
          .returningAll(),
      valuesOf: (name) => [name],
    }),

    addSpending: createRepeated({
      build: (rows: readonly SpendingRow[]) =>
        query
          .insertInto('spending')
          .values(rows)
          .onConflict((conflict) =>
            conflict.columns(['scope', 'period_start']).doUpdateSet({
              spent: sql<number>`spending.spent + excluded.spent`,
              held: sql<number>`spending.held + excluded.held`,
            }),
          )
          .returning(EXACT),
      valuesOf: ({ scope, period_start, spent, held }) => [scope, period_start, spent, held],
    }),
  }
}

class Refused extends Error {
  readonly verdict: HoldVerdict
  constructor(refusal: NonNullable<HoldVerdict['refusal']>) {
    super('over budget')
    this.verdict = { refusal, granted: [] }
  }
}

/** First what must be had; then, where that leaves room, what is welcome beyond it. */
async function hold(
  transaction: Transaction<Schema>,
  queries: Queries,
  { holder, demands, expiresAtMs }: HoldRequest,
): Promise<readonly Granted[]> {
  const must = demands.map((demand) => amountOf(demand, demand.nanoCredits))
  await raise(transaction, queries, holder, must, expiresAtMs)
  const rows = byAccount(await add(transaction, queries, must.map(heldOf)))
  const extra = demands.map((demand) => {
    const row = rowOf(rows, demand)
    const left = demand.maxNanoCredits - row.spentNanoCredits - row.heldNanoCredits
    if (left < 0) {
      const heldNanoCredits = row.heldNanoCredits - demand.nanoCredits
      const { maxNanoCredits } = demand
      throw new Refused({ ...row, heldNanoCredits, maxNanoCredits })
    }
    return amountOf(demand, demand.headroom(left))
  })
  const welcome = extra.filter(({ amount }) => amount > 0)
  await raise(transaction, queries, holder, welcome, expiresAtMs)
  for (const row of await add(transaction, queries, welcome.map(heldOf))) {
    rows.set(accountKey(row.scope, row.periodStartMs), row)
  }
  return demands.map((demand, index) => {
    const row = rowOf(rows, demand)
    const { spentNanoCredits, heldNanoCredits, scope, periodStartMs } = row
    const grantedNanoCredits = demand.nanoCredits + (extra[index]?.amount ?? 0)
    return { scope, periodStartMs, spentNanoCredits, heldNanoCredits, grantedNanoCredits }
  })
}

interface Amount extends Account {
  readonly amount: number
}

function amountOf({ scope, periodStartMs }: Account, amount: number): Amount {
  return { scope, periodStartMs, amount }
}

function heldOf({ scope, periodStartMs, amount }: Amount): Change {
  return { scope, periodStartMs, spent: 0, held: amount }
}

async function raise(
  transaction: Transaction<Schema>,
  { raiseHolds }: Queries,
  holder: string,
  amounts: readonly Amount[],
  expiresAtMs: number,
): Promise<void> {
  const positive = amounts.filter(({ amount }) => amount > 0)
  if (positive.length === 0) return
  const rows = sorted(positive).map(({ scope, periodStartMs, amount }) => ({
    holder,
    scope,
    period_start: periodStartMs,
    amount,
    expires_at: Math.round(expiresAtMs),
  }))
  await transaction.executeQuery(raiseHolds(rows))
}

/** What the holder holds is set anew; the difference to before is what the budget holds more or less. */
async function post(
  transaction: Transaction<Schema>,
  queries: Queries,
  { holder, entries, expiresAtMs }: Posting,
): Promise<readonly Spending[]> {
  const scopes = new Set(entries.map(({ scope }) => scope))
  const { rows: removed } = await transaction.executeQuery(queries.removeHolds([holder, ...scopes]))
  const before = new Map(
    removed.map((row) => [accountKey(row.scope, row.period_start), row] as const),
  )
  const changes: Change[] = []
  for (const { scope, periodStartMs, spentNanoCredits, holdNanoCredits } of entries) {
    const key = accountKey(scope, periodStartMs)
    const held = holdNanoCredits - (before.get(key)?.amount ?? 0)
    before.delete(key)
    changes.push({ scope, periodStartMs, spent: spentNanoCredits, held })
  }
  const kept = entries
    .filter(({ holdNanoCredits }) => holdNanoCredits > 0)
    .map(({ scope, periodStartMs, holdNanoCredits }) => ({
      holder,
      scope,
      period_start: periodStartMs,
      amount: holdNanoCredits,
      expires_at: Math.round(expiresAtMs),
    }))
  // Another period of a budget that is among the entries.
  const holds = [...kept, ...before.values()]
  if (holds.length > 0) await transaction.executeQuery(queries.setHolds(holds))
  const rows = byAccount(await add(transaction, queries, changes))
  return entries.map((entry) => rowOf(rows, entry))
}

interface Change extends Account {
  readonly spent: number
  readonly held: number
}

/** The rows as they then stand. */
async function add(
  transaction: Transaction<Schema>,
  { addSpending }: Queries,
  changes: readonly Change[],
): Promise<readonly Spending[]> {
  if (changes.length === 0) return []
  // One statement cannot touch a row twice.
  const sums = new Map<string, Change>()
  for (const change of changes) {
    const key = accountKey(change.scope, change.periodStartMs)
    const { spent = 0, held = 0 } = sums.get(key) ?? {}
    sums.set(key, { ...change, spent: spent + change.spent, held: held + change.held })
  }
  const summed = sorted([...sums.values()]).map(({ scope, periodStartMs, spent, held }) => ({
    scope,
    period_start: periodStartMs,
    spent,
    held,
  }))
  const { rows } = await transaction.executeQuery(addSpending(summed))
  return rows.map(spendingFromRow)
}

function spendingFromRow(row: {
  readonly scope: string
  readonly period_start: number
  readonly spent: string
  readonly held: string
}): Spending {
  return {
    scope: row.scope,
    periodStartMs: row.period_start,
    spentNanoCredits: Number(row.spent),
    heldNanoCredits: Number(row.held),
  }
}

function byAccount(rows: readonly Spending[]): Map<string, Spending> {
  return new Map(rows.map((row) => [accountKey(row.scope, row.periodStartMs), row]))
}

function rowOf(rows: ReadonlyMap<string, Spending>, account: Account): Spending {
  const row = rows.get(accountKey(account.scope, account.periodStartMs))
  if (row === undefined) throw new Error('a budget row that was just written is not there')
  return row
}

function sorted<Row extends Account>(accounts: readonly Row[]): readonly Row[] {
  return [...accounts].sort((a, b) =>
    accountKey(a.scope, a.periodStartMs) < accountKey(b.scope, b.periodStartMs) ? -1 : 1,
  )
}

function accountKey(scope: string, periodStartMs: number): string {
  return `${scope}@${periodStartMs}`
}
