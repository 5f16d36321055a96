/**
 * Bringing a store from one place to another: `jetway db migrate`, `backup`, `export`, `import`.
 * @module
 */
import { chmod } from 'node:fs/promises'
import { openDatabase, type Database } from '../database/open.ts'
import { knownMigrations, migrate } from '../migrations/migrate.ts'
import { readExport, writeExport } from './export-file.ts'
import { readRows, type Progress } from './rows.ts'
import { copySqlite, withSnapshot } from './snapshot.ts'
import { writeRows, type Counts } from './write-rows.ts'

export { BadExport } from './export-file.ts'
export { NotEmpty, type Counts } from './write-rows.ts'
export type { Progress } from './rows.ts'

/** Brings a database to this version; the names of the steps it took. */
export function migrateStore(location: string): Promise<readonly string[]> {
  return withDatabase(location, migrate)
}

/** A copy of an SQLite database while the gateway runs on it. PostgreSQL's own `pg_dump` is for the other; `exportStore` serves both. */
export async function backupSqlite(location: string, file: string): Promise<void> {
  await withDatabase(location, (database) => copySqlite(database, file))
  await chmod(file, 0o600)
}

/** Everything as lines of JSON, as it is at one moment. Tokens stay sealed in it, keys hashed. Returns the number of rows. */
export function exportStore(
  location: string,
  file: string,
  onProgress?: Progress,
): Promise<number> {
  return withDatabase(location, (database) =>
    withSnapshot(database, location, (query) =>
      writeExport(file, knownMigrations(), readRows(query), onProgress),
    ),
  )
}

/** An export into an empty database: all of it or nothing. */
export function importStore(
  file: string,
  location: string,
  onProgress?: Progress,
): Promise<Counts> {
  return withDatabase(location, async (database) => {
    await migrate(database)
    return writeRows(database, readExport(file, knownMigrations()), onProgress)
  })
}

/** From SQLite to PostgreSQL, or back, into an empty database: all of it or nothing. */
export function moveStore(from: string, to: string, onProgress?: Progress): Promise<Counts> {
  return withDatabase(from, (source) =>
    withDatabase(to, async (target) => {
      await migrate(source)
      await migrate(target)
      return withSnapshot(source, from, (query) => writeRows(target, readRows(query), onProgress))
    }),
  )
}

async function withDatabase<Result>(
  location: string,
  use: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase(location)
  try {
    return await use(database)
  } finally {
    await database.close()
  }
}
