import { CompiledQuery, sql, type Transaction } from 'kysely'
import type { Database } from '../database/open.ts'
import type { Schema } from '../schema.ts'
import { CALL_COLUMNS, type CallRow } from './rows.ts'
import {
  createSums,
  DAILY_KEY,
  MEASURES,
  SUMS_KEY,
  sumsFromDaily,
  type DailyRow,
  type SumRow,
} from './sums.ts'

/** One transaction; of rows that are there already nothing is written. */
export async function writeToPostgres(database: Database, rows: readonly CallRow[]): Promise<void> {
  await database.query.transaction().execute(async (transaction) => {
    const sums = createSums()
    sums.add(await insertCalls(transaction, rows))
    const daily = sums.daily()
    await addTo(transaction, 'daily', DAILY_KEY, daily)
    await addTo(transaction, 'sums', SUMS_KEY, sumsFromDaily(daily))
  })
}

/** One parameter for all rows: https://www.postgresql.org/docs/15/functions-json.html (`json_populate_recordset`). */
const INSERT_JSON =
  `insert into calls (${CALL_COLUMNS.join(', ')}) ` +
  `select ${CALL_COLUMNS.join(', ')} from json_populate_recordset(null::calls, $1) ` +
  'on conflict (id) do nothing returning id'

/** Answers with those that were not there before. */
async function insertCalls(
  transaction: Transaction<Schema>,
  rows: readonly CallRow[],
): Promise<readonly CallRow[]> {
  const result = await transaction.executeQuery<{ id: string }>(
    CompiledQuery.raw(INSERT_JSON, [JSON.stringify(rows)]),
  )
  const inserted = new Set(result.rows.map(({ id }) => id))
  // The first of two with one id was written; a second in the same batch must not count either.
  return rows.filter((row) => inserted.delete(row.id))
}

/** A statement binds at most 65,535 values; a row of sums has 15. */
const ROWS_PER_STATEMENT = 500

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
