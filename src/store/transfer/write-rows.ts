import { sql } from 'kysely'
import type { Database } from '../database/open.ts'
import { TABLE_NAMES, type Batch, type Progress, type TableName } from './rows.ts'

export type Counts = Readonly<Record<TableName, number>>

export class NotEmpty extends Error {
  constructor(table: string) {
    super(
      `the database there holds data already (table ${table}): import into an empty one, so that nothing is mixed or lost`,
    )
  }
}

/** Writes everything or nothing: what fails on the way, or ends too early, leaves the database as empty as it was. */
export async function writeRows(
  database: Database,
  batches: AsyncIterable<Batch>,
  onProgress: Progress = () => {},
): Promise<Counts> {
  return database.query.transaction().execute(async (transaction) => {
    for (const table of TABLE_NAMES) {
      const { rows } = await sql`SELECT 1 FROM ${sql.table(table)} LIMIT 1`.execute(transaction)
      if (rows.length > 0) throw new NotEmpty(table)
    }
    const counts = Object.fromEntries(TABLE_NAMES.map((table) => [table, 0])) as Record<
      TableName,
      number
    >
    for await (const { table, rows } of batches) {
      // Rows of the same table as the schema has it: the reader took them from one, or the file's check did.
      await transaction.insertInto(table).values(rows).execute()
      counts[table] += rows.length
      onProgress(table, counts[table])
    }
    return counts
  })
}
