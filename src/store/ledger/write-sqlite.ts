import type { Database } from '../database/open.ts'
import { transactInPieces, type KeptStatements } from '../database/sqlite-pieces.ts'
import { sqliteCodeOf } from '../database/sqlite-code.ts'
import { insertEach, insertNew, type Likeness } from './insert-calls.ts'
import type { CallRow } from './rows.ts'
import {
  DAILY_KEY,
  createSums,
  MEASURES,
  SUMS_KEY,
  sumsFromDaily,
  type DailyRow,
  type SumRow,
} from './sums.ts'

const SQLITE_CONSTRAINT = 19

/** A third of a millisecond of this thread, on a core that has more to do. */
const ROWS_PER_PIECE = 12
/** The more calls there are, the longer it takes until the next piece has its turn: their rows are not to wait for more turns. */
const PIECES_PER_BATCH = 16
/** Five times as long, for a thread whose calls take several milliseconds of each turn. */
const MOST_ROWS_PER_PIECE = 64
const SUMS_PER_PIECE = 64

/**
 * One transaction; of rows that are there already nothing is written.
 *
 * @param batchRows how many rows are to be written in all, with those of the batch's other transactions
 */
export async function writeToSqlite(
  database: Database,
  rows: readonly CallRow[],
  batchRows: number,
): Promise<void> {
  const usual = Math.max(ROWS_PER_PIECE, Math.ceil(batchRows / PIECES_PER_BATCH))
  const size = Math.min(usual, MOST_ROWS_PER_PIECE)
  try {
    const seen: Likeness[] = []
    const insert: Insert = (statements, some) => {
      insertNew(statements, some, seen)
      return some
    }
    await transactInPieces(database.query, piecesOf(rows, size, insert))
  } catch (error) {
    if (!(error instanceof Error) || sqliteCodeOf(error) !== SQLITE_CONSTRAINT) throw error
    // Some were delivered before, which is rare: only then is each row asked whether it is new.
    await transactInPieces(database.query, piecesOf(rows, size, insertEach))
  }
}

type Piece = (statements: KeptStatements) => void

/** Answers with those that were new. */
type Insert = (statements: KeptStatements, rows: readonly CallRow[]) => readonly CallRow[]

function* piecesOf(rows: readonly CallRow[], size: number, insert: Insert): Generator<Piece> {
  const sums = createSums()
  for (let from = 0; from < rows.length; from += size) {
    const some = rows.slice(from, from + size)
    yield (statements) => {
      sums.add(insert(statements, some))
    }
  }
  const daily = sums.daily()
  yield* additions(daily, addDaily)
  yield* additions(sumsFromDaily(daily), addSum)
}

function* additions<Row>(
  rows: readonly Row[],
  add: (statements: KeptStatements, row: Row) => void,
): Generator<Piece> {
  for (let from = 0; from < rows.length; from += SUMS_PER_PIECE) {
    const some = rows.slice(from, from + SUMS_PER_PIECE)
    yield (statements) => {
      for (const row of some) add(statements, row)
    }
  }
}

function addDaily(statements: KeptStatements, row: DailyRow): void {
  const statement = statements.get('daily') ?? statements.prepare('daily', addition('daily'))
  statement.get(...[...DAILY_KEY, ...MEASURES].map((name) => row[name]))
}

function addSum(statements: KeptStatements, row: SumRow): void {
  const statement = statements.get('sums') ?? statements.prepare('sums', addition('sums'))
  statement.get(...[...SUMS_KEY, ...MEASURES].map((name) => row[name]))
}

/** Adds to a row of sums, or begins it. Its values: the key, then `MEASURES`. */
function addition(table: 'daily' | 'sums'): string {
  const key = table === 'daily' ? DAILY_KEY : SUMS_KEY
  const columns = [...key, ...MEASURES]
  return (
    `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')}) ` +
    `on conflict (${key.join(', ')}) do update set ` +
    MEASURES.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')
  )
}
