import { sql, type Kysely } from 'kysely'
import { MEASURES } from '../ledger/sums.ts'
import type { Schema } from '../schema.ts'

/** What is carried from one database to another, in this order, with what makes a row of it one. Answers to repeated writes stay behind, and prompts: those who keep them keep them for a short time, in one place. */
export const TABLES = {
  users: ['id'],
  teams: ['id'],
  keys: ['id'],
  seats: ['id'],
  spending: ['scope', 'period_start'],
  holds: ['holder', 'scope', 'period_start'],
  audit: ['id'],
  stops: ['scope'],
  daily: ['day', 'key_id', 'user_id', 'team_id', 'model', 'provider'],
  sums: ['kind', 'span', 'start', 'id'],
  calls: ['id'],
  responses: ['id'],
} as const satisfies Partial<Record<keyof Schema, readonly string[]>>
export type TableName = keyof typeof TABLES
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[]

export type Row = Readonly<Record<string, string | number | null>>
export interface Batch {
  readonly table: TableName
  readonly rows: readonly Row[]
}

/** Told after each batch: rows of this table so far. */
export type Progress = (table: TableName, rows: number) => void

/** SQLite binds at most 32,766 values to one statement; a row of `calls` has 35. */
const ROWS_PER_BATCH = 500

/** Sums outgrow what a number holds exactly: they travel as text, which both databases take for an integer column. */
const SUMMED: Partial<Record<TableName, readonly string[]>> = {
  daily: MEASURES,
  sums: MEASURES,
  spending: ['spent', 'held'],
}

/** Every row, in batches. Each begins after the last row of the one before, so that memory stays small and no index is needed but the key. */
export async function* readRows(query: Kysely<Schema>): AsyncGenerator<Batch> {
  for (const table of TABLE_NAMES) {
    const columns = TABLES[table]
    const names = sql.join(columns.map((name) => sql.ref(name)))
    let after: readonly (string | number | null)[] | undefined
    for (;;) {
      const beyond = after
        ? sql`WHERE (${names}) > (${sql.join(after.map((value) => sql`${value}`))})`
        : sql``
      const { rows } = await sql<Row>`
        SELECT ${columnsOf(table)} FROM ${sql.table(table)} ${beyond} ORDER BY ${names} LIMIT ${ROWS_PER_BATCH}
      `.execute(query)
      if (rows.length > 0) yield { table, rows }
      const last = rows.at(-1)
      if (rows.length < ROWS_PER_BATCH || !last) break
      after = columns.map((name) => last[name] ?? null)
    }
  }
}

function columnsOf(table: TableName) {
  const summed = SUMMED[table]
  if (!summed) return sql`*`
  return sql.join([
    ...TABLES[table].map((name) => sql.ref(name)),
    ...summed.map((name) => sql`cast(${sql.ref(name)} as text) AS ${sql.ref(name)}`),
  ])
}
