import {
  SqliteAdapter,
  SqliteDialect,
  type Dialect,
  type Driver,
  type SqliteDialectConfig,
  type SqliteStatement,
} from 'kysely'
import { createCheckpoints, type Checkpoints } from './sqlite-checkpoints.ts'
import { openConnection, type Connection, type Statement } from './sqlite-connection.ts'
import { waitForLocks } from './sqlite-locks.ts'
import { keptStatements, PIECE, runPiece } from './sqlite-pieces.ts'

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
