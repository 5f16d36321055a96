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
  const isPostgres = /^postgres(ql)?:\/\//.test(location)
  return isPostgres
    ? createDatabase('postgres', await openPostgres(location))
    : createDatabase('sqlite', openSqlite(location))
}

export function createDatabase(kind: Database['kind'], dialect: Dialect): Database {
  const query = new Kysely<Schema>({ dialect })
  return { kind, query, close: () => query.destroy() }
}
