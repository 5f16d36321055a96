import { CompiledQuery, type Kysely, type SqliteStatement } from 'kysely'
import type { Checkpoints } from './sqlite-checkpoints.ts'
import type { Connection } from './sqlite-connection.ts'

/**
 * Not a statement: what runs by this name is its one parameter, a function, with statements of its own. Each statement through a
 * query builder and its promises costs several times what SQLite needs for it.
 */
export const PIECE = '/* piece */'

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

export function keptStatements(connection: Connection): KeptStatements {
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

export function runPiece(
  kept: KeptStatements,
  checkpoints: Checkpoints | undefined,
): SqliteStatement {
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
