import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CallRow } from './rows.ts'

/** Finished calls that the database did not take, on disk until it does. */
export interface Spool {
  keep(rows: readonly CallRow[]): Promise<void>
  /** Hands every kept batch to `write` and forgets it once that succeeds; stops at the first failure. */
  drain(write: (rows: readonly CallRow[]) => Promise<void>): Promise<void>
}

/** One process writes one file; a file that another process left behind is drained too. 64 MiB at most, then new rows are refused. */
export function createSpool(folder: string, maxBytes = 64 * 1024 * 1024): Spool {
  const own = join(folder, `calls-${process.pid}-${Date.now()}.jsonl`)

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
      for (const name of names.filter((candidate) => candidate.endsWith('.jsonl'))) {
        // Under another name no one appends to it while it is read.
        const taken = join(folder, `${name}.draining-${process.pid}`)
        try {
          await rename(join(folder, name), taken)
        } catch {
          continue
        }
        try {
          await write(parseLines(await readFile(taken, 'utf8')))
          await rm(taken)
        } catch (error) {
          await rename(taken, join(folder, `${process.pid}-${Date.now()}-${name}`))
          throw error
        }
      }
    },
  }
}

/** A line cut short by a crash is the last one, and the only one that may be unreadable. */
function parseLines(text: string): readonly CallRow[] {
  const rows: CallRow[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    try {
      rows.push(JSON.parse(line) as CallRow)
    } catch {
      break
    }
  }
  return rows
}
