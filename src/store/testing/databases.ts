import { PGlite } from '@electric-sql/pglite'
import { PostgresDialect } from 'kysely'
import { createDatabase, openDatabase, type Database } from '../database/open.ts'
import { startPostgres } from './postgres-server.ts'

export interface TestDatabase {
  readonly name: string
  open(): Promise<Database>
  close(): Promise<void>
}

/** Each storage test runs on each of these: SQLite, and PostgreSQL as a server, or inside this process where none is installed. */
export async function testDatabases(): Promise<readonly TestDatabase[]> {
  const server = await startPostgres()
  if (!server && process.env['CI'])
    throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  return [
    { name: 'SQLite', open: () => openDatabase(':memory:'), close: () => Promise.resolve() },
    server
      ? { name: 'PostgreSQL', open: () => freshPostgres(server.url), close: () => server.stop() }
      : { name: 'PostgreSQL in process', open: openPglite, close: () => Promise.resolve() },
  ]
}

let databases = 0

/** A database of its own on the server for every test. */
async function freshPostgres(url: string): Promise<Database> {
  const name = `test_${process.pid}_${databases++}`
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return openDatabase(url.replace(/\/postgres$/, `/${name}`))
}

async function openPglite(): Promise<Database> {
  const lite = await PGlite.create({ parsers: { 20: Number } })
  let free = Promise.resolve()
  // One connection: a client waits until the one before it is released, as with a pool of one.
  const pool = {
    async connect() {
      const before = free
      let release = (): void => {}
      free = new Promise((resolve) => (release = resolve))
      await before
      return {
        release,
        async query(sql: string, parameters: readonly unknown[]) {
          const { rows, affectedRows } = await lite.query(sql, [...parameters])
          return {
            rows,
            rowCount: affectedRows ?? rows.length,
            command: sql.trim().split(/\s/, 1)[0]?.toUpperCase(),
          }
        },
      }
    },
    end: () => lite.close(),
  }
  return createDatabase('postgres', new PostgresDialect({ pool: pool as never }))
}
