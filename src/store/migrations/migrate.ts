import { Migrator, sql, type Kysely, type Migration } from 'kysely'
import type { Database } from '../database/open.ts'
import { BLOCKING_MS } from '../database/sqlite-connection.ts'
import * as first from './0001-first.ts'
import * as stops from './0002-stops.ts'
import * as prompts from './0003-prompts.ts'
import * as sessions from './0004-sessions.ts'
import * as narrowerIndex from './0005-narrower-index.ts'

/** Forward only. A name is never changed and a migration never edited once it was released. */
const NAMES = [
  '0001-first',
  '0002-stops',
  '0003-prompts',
  '0004-sessions',
  '0005-narrower-index',
] as const

export function knownMigrations(): readonly string[] {
  return NAMES
}

/**
 * Brings the database to this version. Safe when replicas start together: on PostgreSQL Kysely takes an advisory lock,
 * on SQLite the whole run is one write transaction, for which the others wait. Returns the names of what was applied.
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  if (database.kind === 'postgres') return migrateOnce(database)
  // SQLite's own waiting blocks this thread, in which the one that holds the lock may run: wait between tries instead.
  await sql`PRAGMA busy_timeout=0`.execute(database.query)
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await migrateOnce(database)
      } catch (error) {
        if (!isBusy(error) || attempt === BUSY_TRIES) throw error
        await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS))
      }
    }
  } finally {
    await sql.raw(`PRAGMA busy_timeout=${BLOCKING_MS}`).execute(database.query)
  }
}

/** What `migrate` would apply. */
export async function pendingMigrations(database: Database): Promise<readonly string[]> {
  const known = await migratorOf(database).getMigrations()
  return known.filter((migration) => !migration.executedAt).map((migration) => migration.name)
}

const BUSY_TRIES = 600
const BUSY_WAIT_MS = 50

async function migrateOnce(database: Database): Promise<readonly string[]> {
  const { error, results } = await migratorOf(database).migrateToLatest()
  if (error !== undefined) {
    const failed = results?.find((result) => result.status === 'Error')
    throw new Error(
      `the database could not be brought to this version${failed ? ` (step ${failed.migrationName})` : ''}: ${error instanceof Error ? error.message : 'unknown failure'}`,
      { cause: error },
    )
  }
  return (results ?? []).map((result) => result.migrationName)
}

function migratorOf({ query, kind }: Database): Migrator {
  const migrations: Record<(typeof NAMES)[number], Migration> = {
    '0001-first': { up: (db: Kysely<never>) => first.up(db, kind) },
    '0002-stops': { up: (db: Kysely<never>) => stops.up(db) },
    '0003-prompts': { up: (db: Kysely<never>) => prompts.up(db) },
    '0004-sessions': { up: (db: Kysely<never>) => sessions.up(db) },
    '0005-narrower-index': { up: (db: Kysely<never>) => narrowerIndex.up(db) },
  }
  return new Migrator({
    db: query,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  })
}

/** Another process is writing: SQLITE_BUSY, or SQLITE_LOCKED by its schema change. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && /database (table )?is locked|SQLITE_BUSY/.test(error.message)
}
