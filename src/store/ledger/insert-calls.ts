import type { KeptStatement, KeptStatements, SqliteValue } from '../database/sqlite-pieces.ts'
import { CALL_COLUMNS, type CallRow } from './rows.ts'

/** A row, and the statement for those like it. */
export interface Likeness {
  readonly row: CallRow
  readonly form: Form
  readonly statement: KeptStatement
}

/**
 * Adds rows to SQLite's `calls`; throws where one is there already.
 *
 * @param seen what the pieces of one transaction have seen so far
 */
export function insertNew(
  statements: KeptStatements,
  rows: readonly CallRow[],
  seen: Likeness[],
): void {
  for (const row of rows) {
    let known: Likeness | undefined
    for (const other of seen) if (areAlike(other.row, row)) known = other
    if (!known) {
      const form = statements.size < MOST_STATEMENTS ? formOf(row) : knownFormOf(statements, row)
      known = { row, form, statement: statementOf(statements, form.sql) }
      seen.push(known)
    }
    known.statement.get(...valuesOf(row, known.form))
  }
}

/** As many statements as there may be are there: what has none takes one for all. */
function knownFormOf(statements: KeptStatements, row: CallRow): Form {
  const form = formOf(row)
  return statements.get(form.sql) ? form : WHOLE
}

function statementOf(statements: KeptStatements, sql: string): KeptStatement {
  return statements.get(sql) ?? statements.prepare(sql, sql)
}

/** Adds those that are not there, and answers with them. */
export function insertEach(statements: KeptStatements, rows: readonly CallRow[]): CallRow[] {
  const sql = `${WHOLE.sql} on conflict (id) do nothing`
  const statement = statementOf(statements, sql)
  return rows.filter((row) => Number(statement.run(...valuesOf(row, WHOLE)).changes) === 1)
}

/** A statement for rows that are alike, and what it is to be given of each. */
interface Form {
  readonly sql: string
  readonly given: readonly Column[]
}
type Column = (typeof CALL_COLUMNS)[number]

/**
 * To hand over 35 values takes longer than to store them. So what most calls have in common stands in the statement itself: words
 * of which there are few, and that there is nothing. Busy gateways have some ten forms; a statement takes about 10 KB.
 */
const MOST_STATEMENTS = 64
const WHOLE = formFrom(new Map())

function formOf(row: CallRow): Form {
  const fixed = new Map<Column, string>()
  for (const name of FEW_VALUES) {
    const value = row[name] ?? null
    if (value === null || Number.isInteger(value)) fixed.set(name, String(value))
    else if (typeof value === 'string' && PLAIN.test(value)) fixed.set(name, `'${value}'`)
  }
  for (const name of OFTEN_NOTHING) {
    const value = row[name] ?? null
    if (value === null || value === 0) fixed.set(name, String(value))
  }
  return formFrom(fixed)
}

/** Needs no quoting. A provider's name is anything. */
const PLAIN = /^[\w.:-]{1,64}$/

function formFrom(fixed: ReadonlyMap<Column, string>): Form {
  const values = CALL_COLUMNS.map((name) => fixed.get(name) ?? '?').join(', ')
  return {
    sql: `insert into calls (${CALL_COLUMNS.join(', ')}) values (${values})`,
    given: CALL_COLUMNS.filter((name) => !fixed.has(name)),
  }
}

function valuesOf(row: CallRow, { given }: Form): SqliteValue[] {
  const values: SqliteValue[] = []
  for (const name of given) values.push(row[name] ?? null)
  return values
}

const FEW_VALUES = [
  'operation',
  'dialect',
  'provider',
  'wire',
  'mode',
  'stream',
  'initiator',
  'outcome',
  'status',
  'error',
  'cost_source',
  'attempts',
] as const satisfies readonly Column[]

const OFTEN_NOTHING = [
  'key_id',
  'key_alias',
  'user_id',
  'team_id',
  'cached_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'saved_nano_credits',
  'first_byte_ms',
  'queued_ms',
] as const satisfies readonly Column[]

/** Whether two rows have one form. Written out, it is nearly free; by name it would cost what the forms save. */
function areAlike(a: CallRow, b: CallRow): boolean {
  return (
    a.operation === b.operation &&
    a.dialect === b.dialect &&
    a.provider === b.provider &&
    a.wire === b.wire &&
    a.mode === b.mode &&
    a.stream === b.stream &&
    a.initiator === b.initiator &&
    a.outcome === b.outcome &&
    a.status === b.status &&
    a.error === b.error &&
    a.cost_source === b.cost_source &&
    a.attempts === b.attempts &&
    bothGiven(a.key_id, b.key_id) &&
    bothGiven(a.key_alias, b.key_alias) &&
    bothGiven(a.user_id, b.user_id) &&
    bothGiven(a.team_id, b.team_id) &&
    bothGiven(a.cached_tokens, b.cached_tokens) &&
    bothGiven(a.cache_write_tokens, b.cache_write_tokens) &&
    bothGiven(a.reasoning_tokens, b.reasoning_tokens) &&
    bothGiven(a.saved_nano_credits, b.saved_nano_credits) &&
    bothGiven(a.first_byte_ms, b.first_byte_ms) &&
    bothGiven(a.queued_ms, b.queued_ms)
  )
}

type Value = SqliteValue | undefined

/** Or the same nothing: 0 is not null. */
function bothGiven(a: Value, b: Value): boolean {
  return a === b || (Boolean(a) && Boolean(b))
}
