import type { Kysely } from 'kysely'

/** What was asked and answered, for those who keep it; nothing is in here unless they say so. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('prompts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('seal_key', 'text', (column) => column.notNull())
    .addColumn('box', 'text', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('prompts_expiry').on('prompts').column('expires_at').execute()
}
