import type { Database } from '../database/open.ts'
import type { CallRow } from './rows.ts'
import { writeToPostgres } from './write-postgres.ts'
import { writeToSqlite } from './write-sqlite.ts'

/** The commit of so many takes SQLite half a millisecond, which nothing can interrupt. */
const ROWS_PER_TRANSACTION = 250

/**
 * Writes finished calls and adds them to the day's sums, in transactions of some hundred. A call that is there already is left
 * out of both, so that a batch may be delivered again after a crash or a lost answer, also when a part of it was written.
 */
export async function writeCalls(database: Database, rows: readonly CallRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_TRANSACTION) {
    const some = rows.slice(from, from + ROWS_PER_TRANSACTION)
    if (database.kind === 'sqlite') await writeToSqlite(database, some, rows.length)
    else await writeToPostgres(database, some)
  }
}
