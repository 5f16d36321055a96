import { Kysely, type Dialect } from 'kysely'
import type { Schema } from '../schema.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

export interface Database {
  readonly kind: 'sqlite' | 'postgres'
  readonly query: Kysely<Schema>
  close(): Promise<void>
}

/**
 * `postgres://…`, or the path of an SQLite file, or `:memory:`. Connects with the first query: a database that is away fails
 * its queries, and serves the next ones once it is back.
 */
export async function openDatabase(location: string): Promise<Database> {
  return isPostgres(location)
    ? createDatabase('postgres', await openPostgres(location))
    : createDatabase('sqlite', openSqlite(location))
}

/** Whether a server is meant, not a file. Schemes are the same in capital letters. */
export function isPostgres(location: string): boolean {
  return /^postgres(ql)?:\/\//i.test(location)
}

export function createDatabase(kind: Database['kind'], dialect: Dialect): Database {
  const query = new Kysely<Schema>({ dialect })
  return { kind, query, close: () => query.destroy() }
}
