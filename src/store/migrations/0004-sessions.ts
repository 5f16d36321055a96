import type { Kysely } from 'kysely'

/** Dashboard sessions that were ended before their time, so that every process refuses them. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('ended_sessions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
}
