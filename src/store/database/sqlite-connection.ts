import { chmodSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { AUTOMATIC_PAGES } from './sqlite-checkpoints.ts'

/** What both providers of SQLite have in common: the interface of Node's own module. */
export interface Connection {
  prepare(sql: string): Statement
  exec(sql: string): void
  close(): void
}
export interface Statement {
  columns(): readonly unknown[]
  all(...parameters: unknown[]): unknown[]
  get(...parameters: unknown[]): unknown
  run(...parameters: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  iterate(...parameters: unknown[]): IterableIterator<unknown>
}
type Open = new (file: string) => Connection

/** SQLite waits by putting the whole process to sleep; longer waits are ours. */
export const BLOCKING_MS = 1

export interface Opened {
  readonly connection: Connection
  /** The module's address. */
  readonly provider: string
}

/** Opens the file, for its owner only, and makes it where it is not there yet. */
export async function openConnection(file: string): Promise<Opened> {
  const { Database, provider } = await findProvider()
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const connection = new Database(file)
  try {
    if (file !== ':memory:') chmodSync(file, 0o600)
    // Processes that start together meet here, where nothing else waits yet.
    connection.exec('PRAGMA busy_timeout=5000')
    connection.exec('PRAGMA journal_mode=WAL')
    connection.exec('PRAGMA synchronous=NORMAL')
    connection.exec('PRAGMA foreign_keys=ON')
    connection.exec(`PRAGMA wal_autocheckpoint=${AUTOMATIC_PAGES}`)
    connection.exec(`PRAGMA busy_timeout=${BLOCKING_MS}`)
  } catch (error) {
    connection.close()
    throw error
  }
  return { connection, provider }
}

/**
 * Node's own module from Node 24 on, else the optional package: Node 22 prints a warning at every start that uses its own,
 * which is therefore the last resort there. `columns` came later than the module.
 */
async function findProvider(): Promise<{ readonly Database: Open; readonly provider: string }> {
  const builtInIsStable = Number(process.versions.node.split('.')[0]) >= 24
  const names = builtInIsStable ? [BUILT_IN, OPTIONAL] : [OPTIONAL, BUILT_IN]
  let cause: unknown
  for (const name of names) {
    try {
      // Not by a literal, so that neither bundler nor type checker looks for a module that Node 20 does not have.
      const { DatabaseSync, StatementSync } = (await import(name)) as Provider
      if (!StatementSync.prototype.columns) continue
      return { Database: DatabaseSync, provider: createRequire(import.meta.url).resolve(name) }
    } catch (error) {
      cause = error
    }
  }
  throw new Error(
    'no SQLite here: use Node 22.16 or newer, or install the optional package @photostructure/sqlite',
    { cause },
  )
}

interface Provider {
  DatabaseSync: Open
  StatementSync: { prototype: { columns?: unknown } }
}

const BUILT_IN = 'node:sqlite'
const OPTIONAL = '@photostructure/sqlite'
