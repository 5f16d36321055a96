import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely'
import { sqliteCodeOf } from './sqlite-code.ts'

/** As long as a writer of another process may take. A batch of the ledger takes milliseconds. */
const LONGEST_WAIT_MS = 5_000
const FIRST_PAUSE_MS = 1
const LONGEST_PAUSE_MS = 25

/**
 * Tries a statement again while another process holds the lock that it needs, with a pause in which this process does other things.
 * A statement that met a lock has changed nothing, so it may be repeated, also within a transaction: those take the lock with
 * their first statement.
 */
export function waitForLocks(driver: Driver): Driver {
  const connections = new WeakMap<DatabaseConnection, DatabaseConnection>()
  const patient = (connection: DatabaseConnection): DatabaseConnection => {
    const known = connections.get(connection)
    if (known) return known
    const made = patientConnection(connection)
    connections.set(connection, made)
    return made
  }
  return {
    init: () => driver.init(),
    acquireConnection: async () => patient(await driver.acquireConnection()),
    beginTransaction: (connection, settings) => driver.beginTransaction(connection, settings),
    commitTransaction: (connection) => driver.commitTransaction(connection),
    rollbackTransaction: (connection) => driver.rollbackTransaction(connection),
    releaseConnection: (connection) => driver.releaseConnection(connection),
    destroy: () => driver.destroy(),
  }
}

function patientConnection(connection: DatabaseConnection): DatabaseConnection {
  return {
    executeQuery: <Row>(query: CompiledQuery) => untilUnlocked<Row>(connection, query),
    streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
  }
}

async function untilUnlocked<Row>(
  connection: DatabaseConnection,
  query: CompiledQuery,
): Promise<QueryResult<Row>> {
  let waitedMs = 0
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await connection.executeQuery<Row>(query)
    } catch (error) {
      if (!isLocked(error) || waitedMs >= LONGEST_WAIT_MS) throw error
    }
    // At different moments, so that two that wait do not meet again and again.
    const ownMs = pauseMs * (0.5 + Math.random())
    await new Promise((resolve) => setTimeout(resolve, ownMs))
    waitedMs += ownMs
  }
}

const SQLITE_BUSY = 5

function isLocked(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = sqliteCodeOf(error)
  return code === undefined ? /database is (locked|busy)/.test(error.message) : code === SQLITE_BUSY
}
