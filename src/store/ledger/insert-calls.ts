import { CompiledQuery, type Transaction } from 'kysely'
import type { Database } from '../database/open.ts'
import { FOR_EACH } from '../database/sqlite.ts'
import type { Schema } from '../schema.ts'
import { CALL_COLUMNS, type CallRow } from './rows.ts'

/**
 * Adds rows to `calls` and answers with those that were not there before. Each database is given what it takes fastest: this
 * is written for every call there is, and through a query builder would be the dearest part of one.
 */
export function insertCalls(
  database: Database,
  transaction: Transaction<Schema>,
  rows: readonly CallRow[],
): Promise<readonly CallRow[]> {
  return database.kind === 'sqlite'
    ? insertEach(transaction, rows)
    : insertAsJson(transaction, rows)
}

const INSERT_ONE =
  `${FOR_EACH}insert into calls (${CALL_COLUMNS.join(', ')}) ` +
  `values (${CALL_COLUMNS.map(() => '?').join(', ')}) on conflict (id) do nothing`

async function insertEach(
  transaction: Transaction<Schema>,
  rows: readonly CallRow[],
): Promise<readonly CallRow[]> {
  const values = rows.map((row) => CALL_COLUMNS.map((name) => row[name] ?? null))
  const result = await transaction.executeQuery<{ changes: number }>(
    CompiledQuery.raw(INSERT_ONE, values),
  )
  return rows.filter((_, index) => result.rows[index]?.changes === 1)
}

/** One parameter for all rows: https://www.postgresql.org/docs/15/functions-json.html (`json_populate_recordset`). */
const INSERT_JSON =
  `insert into calls (${CALL_COLUMNS.join(', ')}) ` +
  `select ${CALL_COLUMNS.join(', ')} from json_populate_recordset(null::calls, $1) ` +
  'on conflict (id) do nothing returning id'

async function insertAsJson(
  transaction: Transaction<Schema>,
  rows: readonly CallRow[],
): Promise<readonly CallRow[]> {
  const result = await transaction.executeQuery<{ id: string }>(
    CompiledQuery.raw(INSERT_JSON, [JSON.stringify(rows)]),
  )
  const inserted = new Set(result.rows.map(({ id }) => id))
  // The first of two with one id was written; a second in the same batch must not count either.
  return rows.filter((row) => inserted.delete(row.id))
}
