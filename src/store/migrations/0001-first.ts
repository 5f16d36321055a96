import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<never>, kind: 'sqlite' | 'postgres'): Promise<void> {
  const timestamps = ['created_at', 'updated_at'] as const

  await db.schema
    .createTable('keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('previous_hash', 'text')
    .addColumn('previous_hash_until', 'bigint')
    .addColumn('display', 'text', (column) => column.notNull())
    .addColumn('alias', 'text')
    .addColumn('user_id', 'text')
    .addColumn('team_id', 'text')
    .addColumn('models', 'text', (column) => column.notNull())
    .addColumn('routes', 'text', (column) => column.notNull())
    .addColumn('limits', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('blocked', 'integer', (column) => column.notNull())
    .addColumn('metadata', 'text', (column) => column.notNull())
    .addColumn(timestamps[0], 'bigint', (column) => column.notNull())
    .addColumn(timestamps[1], 'bigint', (column) => column.notNull())
    .addColumn('deleted_at', 'bigint')
    .addColumn('version', 'integer', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('keys_previous_hash').on('keys').column('previous_hash').execute()
  await db.schema.createIndex('keys_user').on('keys').column('user_id').execute()
  await db.schema.createIndex('keys_team').on('keys').column('team_id').execute()
  // Raw, because the builder types no condition for tables it does not know; both databases read it the same.
  await sql`CREATE UNIQUE INDEX keys_alias ON keys (alias) WHERE deleted_at IS NULL`.execute(db)
  await db.schema.createIndex('keys_created').on('keys').columns(['created_at', 'id']).execute()

  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text')
    .addColumn('email', 'text')
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('models', 'text', (column) => column.notNull())
    .addColumn('limits', 'text', (column) => column.notNull())
    .addColumn('blocked', 'integer', (column) => column.notNull())
    .addColumn('metadata', 'text', (column) => column.notNull())
    .addColumn(timestamps[0], 'bigint', (column) => column.notNull())
    .addColumn(timestamps[1], 'bigint', (column) => column.notNull())
    .addColumn('deleted_at', 'bigint')
    .addColumn('version', 'integer', (column) => column.notNull())
    .execute()

  await db.schema
    .createTable('teams')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('alias', 'text')
    .addColumn('models', 'text', (column) => column.notNull())
    .addColumn('limits', 'text', (column) => column.notNull())
    .addColumn('blocked', 'integer', (column) => column.notNull())
    .addColumn('metadata', 'text', (column) => column.notNull())
    .addColumn(timestamps[0], 'bigint', (column) => column.notNull())
    .addColumn(timestamps[1], 'bigint', (column) => column.notNull())
    .addColumn('deleted_at', 'bigint')
    .addColumn('version', 'integer', (column) => column.notNull())
    .execute()

  await db.schema
    .createTable('seats')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('github_login', 'text')
    .addColumn('plan', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('sealed_token', 'text')
    .addColumn('seal_key', 'text')
    .addColumn('detail', 'text')
    .addColumn(timestamps[0], 'bigint', (column) => column.notNull())
    .addColumn(timestamps[1], 'bigint', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('seats_user').unique().on('seats').column('user_id').execute()

  await db.schema
    .createTable('spending')
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('period_start', 'bigint', (column) => column.notNull())
    .addColumn('spent', 'bigint', (column) => column.notNull())
    .addColumn('held', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('spending_key', ['scope', 'period_start'])
    .execute()
  await db.schema
    .createTable('holds')
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('period_start', 'bigint', (column) => column.notNull())
    .addColumn('amount', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('holds_key', ['holder', 'scope', 'period_start'])
    .execute()
  await db.schema.createIndex('holds_expiry').on('holds').column('expires_at').execute()

  await createLedger(db, kind)

  await db.schema
    .createTable('audit')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('audit_at').on('audit').column('at').execute()

  await db.schema
    .createTable('idempotency')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('answer', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('idempotency_age').on('idempotency').column('created_at').execute()

  await db.schema
    .createTable('responses')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('bytes', 'integer', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('responses_expiry').on('responses').column('expires_at').execute()
  await db.schema
    .createIndex('responses_owner')
    .on('responses')
    .columns(['owner', 'created_at'])
    .execute()
}

async function createLedger(db: Kysely<never>, kind: 'sqlite' | 'postgres'): Promise<void> {
  const counts = [
    'input_tokens',
    'cached_tokens',
    'cache_write_tokens',
    'output_tokens',
    'reasoning_tokens',
  ] as const
  let calls = db.schema
    .createTable('calls')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text')
    .addColumn('key_alias', 'text')
    .addColumn('user_id', 'text')
    .addColumn('team_id', 'text')
    .addColumn('seat', 'text', (column) => column.notNull())
    .addColumn('operation', 'text', (column) => column.notNull())
    .addColumn('dialect', 'text', (column) => column.notNull())
    .addColumn('model_asked', 'text', (column) => column.notNull())
    .addColumn('provider', 'text')
    .addColumn('model', 'text')
    .addColumn('wire', 'text')
    .addColumn('mode', 'text')
    .addColumn('stream', 'integer', (column) => column.notNull())
    .addColumn('initiator', 'text')
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('status', 'integer', (column) => column.notNull())
    .addColumn('error', 'text')
  for (const count of counts) calls = calls.addColumn(count, 'bigint', (column) => column.notNull())
  await calls
    .addColumn('nano_credits', 'bigint', (column) => column.notNull())
    .addColumn('cost_source', 'text')
    .addColumn('saved_nano_credits', 'bigint', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('first_byte_ms', 'integer')
    .addColumn('total_ms', 'integer', (column) => column.notNull())
    .addColumn('overhead_ms', 'real', (column) => column.notNull())
    .addColumn('queued_ms', 'integer', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('calls_request').on('calls').column('request_id').execute()
  await db.schema.createIndex('calls_started').on('calls').columns(['started_at', 'id']).execute()
  await db.schema.createIndex('calls_model').on('calls').columns(['model', 'started_at']).execute()
  // Each index is a tenth of what a row costs to write: those that few rows are searched by hold only these.
  for (const column of ['key_id', 'user_id', 'team_id']) {
    const name = sql.raw(`calls_${column}`)
    const named = sql.ref(column)
    await sql`CREATE INDEX ${name} ON calls (${named}, started_at) WHERE ${named} IS NOT NULL`.execute(
      db,
    )
  }
  await sql`CREATE INDEX calls_outcome ON calls (outcome, started_at) WHERE outcome <> 'ok'`.execute(
    db,
  )

  let daily = db.schema.createTable('daily')
  const names = ['day', 'key_id', 'user_id', 'team_id', 'model', 'provider'] as const
  const sums = ['calls', 'failed', ...counts, 'nano_credits', 'saved_nano_credits'] as const
  for (const name of names) daily = daily.addColumn(name, 'text', (column) => column.notNull())
  for (const sum of sums) daily = daily.addColumn(sum, 'bigint', (column) => column.notNull())
  // Columns added in a loop are unknown to the builder's type.
  await daily.addPrimaryKeyConstraint('daily_key', [...names] as never[]).execute()
  for (const name of ['key_id', 'user_id', 'team_id'] as const) {
    await db.schema.createIndex(`daily_${name}`).on('daily').columns([name, 'day']).execute()
  }

  let totals = db.schema.createTable('sums')
  const parts = ['kind', 'span', 'start', 'id'] as const
  for (const part of parts) totals = totals.addColumn(part, 'text', (column) => column.notNull())
  for (const sum of sums) totals = totals.addColumn(sum, 'bigint', (column) => column.notNull())
  const keyed = totals.addPrimaryKeyConstraint('sums_key', [...parts] as never[])
  // The rows of one summary then lie side by side: https://www.sqlite.org/withoutrowid.html
  await (kind === 'sqlite' ? keyed.modifyEnd(sql`without rowid`) : keyed).execute()
  await db.schema
    .createIndex('sums_id')
    .on('sums')
    // The id first: SQLite would else take it for whole summaries, too, to have them sorted.
    .columns(['id', 'kind', 'span', 'start'])
    .execute()
}
