import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  SqliteAdapter,
  SqliteDialect,
  type Dialect,
  type Driver,
  type SqliteStatement,
} from 'kysely'
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
  run(...parameters: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  iterate(...parameters: unknown[]): IterableIterator<unknown>
}
type Open = new (file: string) => Connection

/**
 * SQLite in the data folder, written ahead (WAL): readers never wait for the writer, and a crash loses nothing that was
 * committed to the log. `synchronous=NORMAL` may lose the last transactions to a power cut, never the file's integrity.
 */
export function openSqlite(file: string): Dialect {
  return new PatientSqliteDialect({
    // Opened by the first query, and tried again by the next when that failed: a folder that cannot be written, or a full
    // disk, keeps the ledger away and not the gateway.
    database: async () => {
      const connection = await openConnection(file)
      const prepared = new Map<string, SqliteStatement>()
      return {
        close: () => {
          connection.close()
        },
        prepare(sql) {
          const known = prepared.get(sql)
          if (known) return known
          const statement = prepareStatement(connection, sql)
          // Schema changes make statements of their own kind, once; the others come again with every call.
          if (prepared.size >= MOST_PREPARED) prepared.clear()
          prepared.set(sql, statement)
          return statement
        },
      }
    },
  })
}

/** SQLite waits by putting the whole process to sleep; longer waits are ours. */
const BLOCKING_MS = 2

/** Preparing costs SQLite more than running: the statements of a call's path are few, and kept. */
const MOST_PREPARED = 256

function prepareStatement(connection: Connection, sql: string): SqliteStatement {
  // Every transaction here writes. Taking the write lock at its start makes two that meet wait for one another,
  // where a lock taken later would make one of them fail.
  const statement = connection.prepare(sql === 'begin' ? 'begin immediate' : sql)
  if (sql === 'rollback') return rollback(statement)
  if (sql.startsWith(FOR_EACH)) return forEach(statement)
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters),
    run: (parameters) => statement.run(...parameters),
    iterate: (parameters) => statement.iterate(...parameters),
  }
}

/**
 * Marks a statement that is to be run once for each parameter, which is then a list of parameters. A query builder makes
 * one long statement of many rows: that costs three times what SQLite needs to insert them one by one.
 */
export const FOR_EACH = '/* for each */ '

/** Answers with how many rows each of them changed. */
function forEach(statement: Statement): SqliteStatement {
  const runOne = (parameters: unknown): { readonly changes: number } => ({
    changes: Number(statement.run(...(parameters as readonly unknown[])).changes),
  })
  return {
    reader: true,
    all: (parameters) => parameters.map(runOne),
    run: () => {
      throw new Error('a statement for each of many parameters has rows')
    },
    *iterate(parameters) {
      for (const one of parameters) yield runOne(one)
    },
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

async function openConnection(file: string): Promise<Connection> {
  const Database = await findProvider()
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const connection = new Database(file)
  try {
    if (file !== ':memory:') chmodSync(file, 0o600)
    // Processes that start together meet here, where nothing else waits yet.
    connection.exec('PRAGMA busy_timeout=5000')
    connection.exec('PRAGMA journal_mode=WAL')
    connection.exec('PRAGMA synchronous=NORMAL')
    connection.exec('PRAGMA foreign_keys=ON')
    connection.exec(`PRAGMA busy_timeout=${BLOCKING_MS}`)
  } catch (error) {
    connection.close()
    throw error
  }
  return connection
}

/**
 * Waits for other processes' locks without holding up this one. SQLite does roll back schema changes; saying so lets a
 * migration run as one transaction, seen by others whole or not at all.
 */
class PatientSqliteDialect extends SqliteDialect {
  override createDriver(): Driver {
    return waitForLocks(super.createDriver())
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
async function findProvider(): Promise<Open> {
  const builtInIsStable = Number(process.versions.node.split('.')[0]) >= 24
  const providers = builtInIsStable ? [builtIn, optional] : [optional, builtIn]
  let cause: unknown
  for (const provider of providers) {
    try {
      const { DatabaseSync, StatementSync } = await provider()
      if (StatementSync.prototype.columns) return DatabaseSync
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

const optional = (): Promise<Provider> => import('@photostructure/sqlite')

function builtIn(): Promise<Provider> {
  // The name is not a literal, so that neither bundler nor type checker looks for a module that Node 20 does not have.
  const name = 'node:sqlite'
  return import(name) as Promise<Provider>
}
