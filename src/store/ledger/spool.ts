import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createJournal, type Journal } from './journal.ts'
import type { CallRow } from './rows.ts'

/** Finished calls that the database did not take, on disk until it does. */
export interface Spool {
  keep(rows: readonly CallRow[]): Promise<void>
  /** Hands every kept batch to `write` and forgets it once that succeeds; stops at the first failure. */
  drain(write: (rows: readonly CallRow[]) => Promise<void>): Promise<void>
  /** Beside it, a journal of this process; others drain it once this process is no more. */
  openJournal(): Journal
}

const ROWS_PER_WRITE = 2_000
const KEPT = /\.jsonl$/
/** `…jsonl.draining-4711`: taken by the process of that number; `…jsonl.held-4711`: its journal. */
const TAKEN = /^(.*\.jsonl)\.(?:draining|held)-(\d+)$/

/** One process writes one file; a file that another process left behind is drained too. 64 MiB at most, then new rows are refused. */
export function createSpool(folder: string, maxBytes = 64 * 1024 * 1024): Spool {
  const name = `calls-${process.pid}-${Date.now()}`
  const own = join(folder, `${name}.jsonl`)
  const journals = new Set<string>()

  /** A file under a name that no one appends to, ready to be read; `undefined` when another process has it. */
  const take = async (name: string): Promise<string | undefined> => {
    const taken = TAKEN.exec(name)
    if (journals.has(name)) return undefined
    if (!taken && !KEPT.test(name)) return undefined
    const [, original = name, holder] = taken ?? []
    // Whoever took it died while reading. Should it live on another machine after all, rows written twice count once.
    if (holder !== undefined && Number(holder) !== process.pid && isAlive(Number(holder)))
      return undefined
    const path = join(folder, `${original}.draining-${process.pid}`)
    try {
      await rename(join(folder, name), path)
      return path
    } catch {
      return undefined
    }
  }

  return {
    async keep(rows) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const size = await stat(own).then(
        (found) => found.size,
        () => 0,
      )
      if (size > maxBytes) throw new Error(`the spool ${own} is full (${maxBytes} bytes)`)
      await appendFile(own, rows.map((row) => `${JSON.stringify(row)}\n`).join(''), { mode: 0o600 })
    },
    async drain(write) {
      const names = await readdir(folder).catch(() => [])
      for (const name of names) {
        const path = await take(name)
        if (path === undefined) continue
        try {
          const rows = parseLines(await readFile(path, 'utf8'))
          for (let from = 0; from < rows.length; from += ROWS_PER_WRITE) {
            await write(rows.slice(from, from + ROWS_PER_WRITE))
          }
          await rm(path, { force: true })
        } catch (error) {
          await rename(path, join(folder, `${process.pid}-${Date.now()}.jsonl`)).catch(
            () => undefined,
          )
          throw error
        }
      }
    },
    openJournal: () =>
      createJournal(folder, (number) => {
        const file = `${name}-${number}.jsonl.held-${process.pid}`
        journals.add(file)
        return file
      }),
  }
}

/** A line cut short, by a crash or a full disk, is lost; the others are not. */
function parseLines(text: string): readonly CallRow[] {
  const rows: CallRow[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    try {
      rows.push(JSON.parse(line) as CallRow)
    } catch {
      continue
    }
  }
  return rows
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
