import type { Kysely } from 'kysely'

/** Stops of seats and keys that ran wild, until a person lifts them. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('stops')
    .addColumn('scope', 'text', (column) => column.primaryKey())
    .addColumn('seat', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute()
}
