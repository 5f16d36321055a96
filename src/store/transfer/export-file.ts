import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { TABLES, type Batch, type Progress, type Row, type TableName } from './rows.ts'

/** First line: what it is. Then one line for each row. Last line: how many, so that a file cut short is noticed. */
interface Head {
  readonly format: 'jetway-export'
  readonly version: 1
  /** Steps the database had been through: an older Jetway does not read a newer one's rows. */
  readonly migrations: readonly string[]
}
type Line = Head | { readonly table: TableName; readonly row: Row } | { readonly end: number }

export class BadExport extends Error {}

const ROWS_PER_BATCH = 500

/** Whole or not at all: it gets its name when it is complete. Readable by its owner only. Packed when the name ends in `.gz`. */
export async function writeExport(
  file: string,
  migrations: readonly string[],
  batches: AsyncIterable<Batch>,
  onProgress: Progress = () => {},
): Promise<number> {
  const unfinished = `${file}.${process.pid}.part`
  let total = 0
  async function* lines(): AsyncGenerator<string> {
    yield lineOf({ format: 'jetway-export', version: 1, migrations })
    const counts = new Map<TableName, number>()
    for await (const { table, rows } of batches) {
      total += rows.length
      counts.set(table, (counts.get(table) ?? 0) + rows.length)
      onProgress(table, counts.get(table) ?? 0)
      yield rows.map((row) => lineOf({ table, row })).join('')
    }
    yield lineOf({ end: total })
  }
  try {
    await pipeline(
      Readable.from(lines()),
      file.endsWith('.gz') ? createGzip() : new PassThrough(),
      createWriteStream(unfinished, { mode: 0o600, flush: true }),
    )
    await chmod(unfinished, 0o600)
    await rename(unfinished, file)
    return total
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** The rows of a file, in batches; throws a `BadExport` at the first line that is wrong, or when the end is missing. */
export async function* readExport(
  file: string,
  knownMigrations: readonly string[],
): AsyncGenerator<Batch> {
  const bytes = createReadStream(file)
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes
  // An error of the file does not reach its reader through the pipe by itself.
  bytes.on('error', (error) => text.destroy(error))
  let number = 0
  let rows: Row[] = []
  let table: TableName | undefined
  let ended: number | undefined
  let total = 0
  for await (const line of createInterface({ input: text, crlfDelay: Infinity })) {
    number++
    const parsed = parseLine(line, number)
    if (number === 1) {
      checkHead(parsed, knownMigrations)
      continue
    }
    if (ended !== undefined) throw new BadExport(`line ${number}: there is more after the end`)
    if ('end' in parsed) {
      ended = parsed.end
      continue
    }
    if (!('table' in parsed) || !Object.hasOwn(TABLES, parsed.table)) {
      throw new BadExport(`line ${number}: this is no row of a table that Jetway has`)
    }
    if (table !== undefined && (table !== parsed.table || rows.length === ROWS_PER_BATCH)) {
      yield { table, rows }
      rows = []
    }
    table = parsed.table
    rows.push(parsed.row)
    total++
  }
  if (ended !== total) {
    throw new BadExport(
      `the file is not whole: it has ${total} rows${ended === undefined ? ' and no end' : ` of ${ended}`}`,
    )
  }
  if (table !== undefined) yield { table, rows }
}

function lineOf(line: Line): string {
  return `${JSON.stringify(line)}\n`
}

function parseLine(text: string, number: number): Line {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null) return parsed as Line
  } catch {
    // Said below.
  }
  throw new BadExport(`line ${number}: this is not an export of Jetway`)
}

function checkHead(line: Line, known: readonly string[]): void {
  if (!('format' in line) || line.format !== 'jetway-export' || line.version !== 1) {
    throw new BadExport('line 1: this is not an export of Jetway')
  }
  const newer = line.migrations.find((name) => !known.includes(name))
  if (newer !== undefined) {
    throw new BadExport(`it was made by a newer version of Jetway (${newer}): install that version`)
  }
}
