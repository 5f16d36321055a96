import { constants, existsSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isDatabasePlace } from '../../config/index.ts'
import { isPostgres } from '../../store/index.ts'
import {
  backupSqlite,
  BadExport,
  exportStore,
  importStore,
  migrateStore,
  moveStore,
  NotEmpty,
} from '../../store/transfer/index.ts'
import type { Counts, Progress } from '../../store/transfer/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError, UsageError } from '../exit-codes.ts'
import { findStorePlace, requireStore } from '../store/store-place.ts'
import type { StorePlace } from '../store/store-place.ts'

export async function migrate(context: CommandContext, input: CommandInput): Promise<void> {
  const place = await findStorePlace(context, input)
  const from = input.options.get('from')
  if (typeof from === 'string') {
    await move(from, place, context, input)
    return
  }
  const steps = await named(place, () => migrateStore(place.location))
  const said =
    steps.length === 0
      ? `${place.shown} is of this version already.`
      : `${place.shown}: ${steps.join(', ')}`
  await answer(context, input, { database: place.shown, steps }, said)
}

async function move(
  from: string,
  place: StorePlace,
  context: CommandContext,
  input: CommandInput,
): Promise<void> {
  if (isPostgres(from) || !isDatabasePlace(from)) {
    throw new UsageError(
      "'--from' takes the path of an SQLite file; a server's address holds a password and belongs into DATABASE_URL (from there: `jetway db export`)",
    )
  }
  if (!existsSync(from)) throw new ExitError(EXIT.failed, `${from}: there is no such file`)
  const counts = await named(place, () => moveStore(from, place.location, progress(context)))
  await answer(context, input, { from, database: place.shown, rows: counts }, countsText(counts))
}

export async function backup(context: CommandContext, input: CommandInput): Promise<void> {
  const place = await sourceAndFile(context, input)
  const file = fileOf(input)
  if (isPostgres(place.location)) {
    throw new ExitError(
      EXIT.failed,
      'this is a PostgreSQL database: back it up with pg_dump, or with `jetway db export FILE`, which any database takes back',
    )
  }
  await named(place, () => backupSqlite(place.location, file))
  await answer(
    context,
    input,
    { database: place.shown, file },
    `A copy of ${place.shown} is in ${file}.`,
  )
}

export async function exportAll(context: CommandContext, input: CommandInput): Promise<void> {
  const place = await sourceAndFile(context, input)
  const file = fileOf(input)
  const rows = await named(place, () => exportStore(place.location, file, progress(context)))
  await answer(
    context,
    input,
    { database: place.shown, file, rows },
    `${rows} rows of ${place.shown} are in ${file}.`,
  )
}

export async function importAll(context: CommandContext, input: CommandInput): Promise<void> {
  const place = await findStorePlace(context, input)
  const file = fileOf(input)
  if (!existsSync(file)) throw new ExitError(EXIT.failed, `${file}: there is no such file`)
  const counts = await named(place, () => importStore(file, place.location, progress(context)))
  await answer(context, input, { database: place.shown, file, rows: counts }, countsText(counts))
}

async function sourceAndFile(context: CommandContext, input: CommandInput): Promise<StorePlace> {
  const place = await findStorePlace(context, input)
  requireStore(place)
  const file = fileOf(input)
  if (existsSync(file)) {
    throw new ExitError(EXIT.failed, `${file} is there already, and is not overwritten`)
  }
  await requireFolder(file)
  return place
}

/** Said of the file before anything is read: a failure of the work itself is the database's. */
async function requireFolder(file: string): Promise<void> {
  const folder = dirname(resolve(file))
  try {
    await access(folder, constants.W_OK | constants.X_OK)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason =
      code === 'ENOENT' ? `there is no folder ${folder}` : `${folder} cannot be written (${code})`
    throw new ExitError(EXIT.failed, `${file}: ${reason}`, { cause })
  }
}

function fileOf(input: CommandInput): string {
  return input.arguments[0] ?? ''
}

/** What a database says names the database, never its password. */
async function named<T>({ shown }: StorePlace, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof BadExport || cause instanceof NotEmpty) {
      throw new ExitError(EXIT.failed, cause.message, { cause })
    }
    const { code, message } = cause as NodeJS.ErrnoException
    const unreachable = /^(ECONN|ENOTFOUND|ETIMEDOUT|EHOST|EAI)/.test(code ?? '')
    throw new ExitError(
      unreachable ? EXIT.unreachable : EXIT.failed,
      `${shown}: ${message.replaceAll(/\b\w+:\/\/\S+/g, shown)}`,
      { cause },
    )
  }
}

function progress({ terminal }: CommandContext): Progress {
  return (table, rows) => {
    terminal.control(`\r\u001B[2K${terminal.paint.dim(`${table}: ${rows}`)}`)
  }
}

function countsText(counts: Counts): string {
  const parts = Object.entries(counts).filter(([, rows]) => rows > 0)
  return parts.length === 0
    ? 'There was nothing in it.'
    : parts.map(([table, rows]) => `${table} ${rows}`).join(', ')
}

async function answer(
  { terminal }: CommandContext,
  { options }: CommandInput,
  result: object,
  text: string,
): Promise<void> {
  terminal.control('\r\u001B[2K')
  if (options.has('json')) await terminal.print(`${JSON.stringify(result)}\n`)
  else terminal.say(text)
}
