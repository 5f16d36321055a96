import { chmodSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  type Dialect,
  type Driver,
  type Kysely,
  type SqliteDialectConfig,
  type SqliteStatement,
} from 'kysely'
import { AUTOMATIC_PAGES, createCheckpoints, type Checkpoints } from './sqlite-checkpoints.ts'
import { waitForLocks } from './sqlite-locks.ts'

/** What both providers of SQLite have in common: the interface of Node's own module. */
interface Connection {
  prepare(sql: string): Statement
  exec(sql: string): void
  close(): void
}
interface Statement {
  columns(): readonly unknown[]
  all(...parameters: unknown[]): unknown[]
  get(...parameters: unknown[]): unknown
  run(...parameters: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  iterate(...parameters: unknown[]): IterableIterator<unknown>
}
type Open = new (file: string) => Connection

/**
 * SQLite in the data folder, written ahead (WAL): readers never wait for the writer, and a crash loses nothing that was
 * committed to the log. `synchronous=NORMAL` may lose the last transactions to a power cut, never the file's integrity.
 */
export function openSqlite(file: string): Dialect {
  let checkpoints: Checkpoints | undefined
  const config: SqliteDialectConfig = {
    // Opened by the first query, and tried again by the next when that failed: a folder that cannot be written, or a full
    // disk, keeps the ledger away and not the gateway.
    database: async () => {
      const { connection, provider } = await openConnection(file)
      if (file !== ':memory:') checkpoints = createCheckpoints(file, provider)
      const prepared = new Map<string, SqliteStatement>()
      const kept = keptStatements(connection)
      return {
        close: () => {
          connection.close()
        },
        prepare(sql) {
          const known = prepared.get(sql)
          if (known) return known
          const statement =
            sql === PIECE
              ? runPiece(kept, checkpoints)
              : prepareStatement(connection, sql, checkpoints)
          // Schema changes make statements of their own kind, once; the others come again with every call.
          if (prepared.size >= MOST_PREPARED) prepared.clear()
          prepared.set(sql, statement)
          return statement
        },
      }
    },
  }
  return new PatientSqliteDialect(config, async () => checkpoints?.stop())
}

/** SQLite waits by putting the whole process to sleep; longer waits are ours. */
export const BLOCKING_MS = 1

/** Preparing costs SQLite more than running: the statements of a call's path are few, and kept. */
const MOST_PREPARED = 256

function prepareStatement(
  connection: Connection,
  sql: string,
  checkpoints: Checkpoints | undefined,
): SqliteStatement {
  // Every transaction here writes. Taking the write lock at its start makes two that meet wait for one another,
  // where a lock taken later would make one of them fail.
  const statement = connection.prepare(sql === 'begin' ? 'begin immediate' : sql)
  if (sql === 'rollback') return rollback(statement)
  if (sql === 'commit' && checkpoints) return commit(statement, checkpoints)
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters),
    run: (parameters) => statement.run(...parameters),
    iterate: (parameters) => statement.iterate(...parameters),
  }
}

/**
 * Not a statement: what runs by this name is its one parameter, a function, with statements of its own. Each statement through a
 * query builder and its promises costs several times what SQLite needs for it.
 */
const PIECE = '/* piece */'

/**
 * Runs pieces of work as one transaction, and between two of them lets everything else have its turn: SQLite works in this
 * thread. What one of them throws undoes all.
 */
export async function transactInPieces<Schema>(
  database: Kysely<Schema>,
  pieces: Iterable<(statements: KeptStatements) => void>,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    for (const piece of pieces) {
      await transaction.executeQuery(CompiledQuery.raw(PIECE, [piece]))
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
}

/** Statements by name, each prepared when it is first asked for, and kept as long as the connection. */
export interface KeptStatements {
  readonly size: number
  get(name: string): KeptStatement | undefined
  prepare(name: string, sql: string): KeptStatement
}
export interface KeptStatement {
  /** The first row that it answers with. For one without rows the cheapest way to run it: no object for an answer. */
  get(...parameters: SqliteValue[]): unknown
  run(...parameters: SqliteValue[]): { readonly changes: number | bigint }
}
export type SqliteValue = string | number | null

function keptStatements(connection: Connection): KeptStatements {
  const kept = new Map<string, KeptStatement>()
  return {
    get size() {
      return kept.size
    },
    get: (name) => kept.get(name),
    prepare(name, sql) {
      const statement = connection.prepare(sql)
      kept.set(name, statement)
      return statement
    },
  }
}

function runPiece(kept: KeptStatements, checkpoints: Checkpoints | undefined): SqliteStatement {
  const run = ([piece]: readonly unknown[]): unknown[] => {
    ;(piece as (statements: KeptStatements) => void)(kept)
    checkpoints?.wrote()
    return []
  }
  return {
    reader: true,
    all: run,
    run: () => {
      throw new Error('a piece of work has no changes of its own')
    },
    iterate: (parameters) => run(parameters)[Symbol.iterator](),
  }
}

function commit(statement: Statement, checkpoints: Checkpoints): SqliteStatement {
  return {
    reader: false,
    all: () => [],
    run() {
      const result = statement.run()
      checkpoints.committed()
      return result
    },
    iterate: () => [][Symbol.iterator](),
  }
}

/**
 * A transaction that cannot go on, as on a full disk, SQLite rolls back by itself. To be told so by the rollback that follows
 * would hide why. https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
 */
function rollback(statement: Statement): SqliteStatement {
  return {
    reader: false,
    all: () => [],
    run() {
      try {
        return statement.run()
      } catch (error) {
        if (error instanceof Error && /no transaction is active/.test(error.message))
          return { changes: 0, lastInsertRowid: 0 }
        throw error
      }
    },
    iterate: () => [][Symbol.iterator](),
  }
}

interface Opened {
  readonly connection: Connection
  /** The module's address. */
  readonly provider: string
}

async function openConnection(file: string): Promise<Opened> {
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
 * Waits for other processes' locks without holding up this one. SQLite does roll back schema changes; saying so lets a
 * migration run as one transaction, seen by others whole or not at all.
 */
class PatientSqliteDialect extends SqliteDialect {
  readonly #beforeClosing: () => Promise<void>
  constructor(config: SqliteDialectConfig, beforeClosing: () => Promise<void>) {
    super(config)
    this.#beforeClosing = beforeClosing
  }
  override createDriver(): Driver {
    const driver = waitForLocks(super.createDriver())
    const destroy = async (): Promise<void> => {
      // Who closes the file last puts the log into it: that shall be the connection that is closed next.
      await this.#beforeClosing()
      await driver.destroy()
    }
    return { ...driver, destroy }
  }
  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter()
  }
}
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
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
