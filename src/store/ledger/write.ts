import { sql, type Transaction } from 'kysely'
import type { Database } from '../database/open.ts'
import type { Schema } from '../schema.ts'
import { insertCalls } from './insert-calls.ts'
import {
  dailyFromRows,
  MEASURES,
  sumsFromDaily,
  type CallRow,
  type DailyRow,
  type SumRow,
} from './rows.ts'

/** SQLite binds at most 32,766 values to one statement; a row of sums has 15. */
const ROWS_PER_STATEMENT = 500

/**
 * Writes finished calls and adds them to the day's sums, in one transaction. A call that is there already is left out of
 * both, so that a batch may be delivered again after a crash or a lost answer.
 */
export async function writeCalls(database: Database, rows: readonly CallRow[]): Promise<void> {
  if (rows.length === 0) return
  await database.query.transaction().execute(async (transaction) => {
    const fresh = await insertCalls(database, transaction, rows)
    const daily = dailyFromRows(fresh)
    await addTo(transaction, 'daily', DAILY_KEY, daily)
    await addTo(transaction, 'sums', SUMS_KEY, sumsFromDaily(daily))
  })
}

const DAILY_KEY = ['day', 'key_id', 'user_id', 'team_id', 'model', 'provider'] as const
const SUMS_KEY = ['kind', 'span', 'start', 'id'] as const
const ADDED = Object.fromEntries(
  MEASURES.map((name) => [name, (table: string) => sql.raw(`${table}.${name} + excluded.${name}`)]),
)

async function addTo<Row extends DailyRow | SumRow>(
  transaction: Transaction<Schema>,
  table: 'daily' | 'sums',
  columns: readonly (keyof Row & string)[],
  rows: readonly Row[],
): Promise<void> {
  const keyOf = (row: Row): string => columns.map((name) => row[name]).join('\u0000')
  // In one order everywhere, so that two writers never wait for each other's rows.
  const sorted = [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  for (let from = 0; from < sorted.length; from += ROWS_PER_STATEMENT) {
    const added = Object.entries(ADDED).map(([name, sumOf]) => [name, sumOf(table)])
    await transaction
      .insertInto(table)
      .values(sorted.slice(from, from + ROWS_PER_STATEMENT))
      .onConflict((conflict) =>
        conflict.columns([...columns] as never).doUpdateSet(Object.fromEntries(added) as never),
      )
      .execute()
  }
}
