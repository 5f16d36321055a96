import { sql, type Transaction } from 'kysely'
import type { Database } from '../database/open.ts'
import type { Schema } from '../schema.ts'
import { dailyFromRows, type CallRow, type DailyRow } from './rows.ts'

/** SQLite binds at most 32,766 values to one statement; a row has 35. */
const ROWS_PER_STATEMENT = 500

/**
 * Writes finished calls and adds them to the day's sums, in one transaction. A call that is there already is left out of
 * both, so that a batch may be delivered again after a crash or a lost answer.
 */
export async function writeCalls(database: Database, rows: readonly CallRow[]): Promise<void> {
  if (rows.length === 0) return
  await database.query.transaction().execute(async (transaction) => {
    const added = new Set<string>()
    for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
      const inserted = await transaction
        .insertInto('calls')
        .values(rows.slice(from, from + ROWS_PER_STATEMENT))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .returning('id')
        .execute()
      for (const { id } of inserted) added.add(id)
    }
    // The first of two with one id was written; a second in the same batch must not count either.
    const fresh = rows.filter((row) => added.delete(row.id))
    // In one order everywhere, so that two writers never wait for each other's rows.
    const sums = [...dailyFromRows(fresh)].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    for (let from = 0; from < sums.length; from += ROWS_PER_STATEMENT) {
      await addToDays(transaction, sums.slice(from, from + ROWS_PER_STATEMENT))
    }
  })
}

async function addToDays(
  transaction: Transaction<Schema>,
  sums: readonly DailyRow[],
): Promise<void> {
  await transaction
    .insertInto('daily')
    .values(sums)
    .onConflict((conflict) =>
      conflict
        .columns(['day', 'key_id', 'user_id', 'team_id', 'model', 'provider'])
        .doUpdateSet(
          Object.fromEntries(
            SUMS.map((name) => [name, sql.raw(`daily.${name} + excluded.${name}`)]),
          ),
        ),
    )
    .execute()
}

const SUMS = [
  'calls',
  'failed',
  'input_tokens',
  'cached_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'nano_credits',
  'saved_nano_credits',
] as const

function keyOf(row: DailyRow): string {
  return [row.day, row.key_id, row.user_id, row.team_id, row.model, row.provider].join('\u0000')
}
