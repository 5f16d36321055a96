import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import type { Database } from '../database/open.ts'
import { openDatabase } from '../database/open.ts'
import type { Schema } from '../schema.ts'

/** Reads the whole database as it is at one moment, while others go on writing. */
export async function withSnapshot<Result>(
  database: Database,
  location: string,
  use: (query: Kysely<Schema>) => Promise<Result>,
): Promise<Result> {
  if (database.kind === 'postgres') {
    return database.query
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(use)
  }
  // A read transaction would keep SQLite's log from being reset; a copy beside the file holds nobody up.
  const folder = await mkdtemp(join(dirname(location), '.snapshot-'))
  const copy = join(folder, 'jetway.db')
  try {
    await copySqlite(database, copy)
    const snapshot = await openDatabase(copy)
    try {
      return await use(snapshot.query)
    } finally {
      await snapshot.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** https://www.sqlite.org/lang_vacuum.html#vacuuminto: a whole and consistent copy, whoever writes meanwhile. */
export async function copySqlite({ query }: Database, file: string): Promise<void> {
  await sql`VACUUM INTO ${file}`.execute(query)
}
