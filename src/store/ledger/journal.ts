import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { CallRow } from './rows.ts'

/**
 * Finished calls that the database does not have yet, in files that outlive this process. They are handed to the kernel as they
 * finish and not forced to the disk: that survives the end of the process, however sudden, and not that of the machine. Costs 5 µs
 * for each call; to gather those of one turn would save one of them, and lose calls whose clients already have their answer.
 */
export interface Journal {
  note(row: CallRow): void
  /** What is noted from now on belongs to the next batch. The answer is called once the batch so far is safe elsewhere. */
  nextBatch(): () => void
  /** Lets go of its files, and removes those that are empty. What is noted afterwards opens one again. */
  close(): void
}

interface Segment {
  readonly path: string
  readonly descriptor: number
}

const MOST_SEGMENTS = 4

/**
 * A batch is forgotten by emptying its file, so that writing one while another fills takes two files. Where nothing can be
 * written there is no journal: what it would have saved is saved by nothing then, and calls go on.
 *
 * @param pathOf the path of the n-th file
 */
export function createJournal(folder: string, pathOf: (number: number) => string): Journal {
  const free: Segment[] = []
  const all: Segment[] = []
  let current: Segment | undefined

  const takeSegment = (): Segment => {
    const known = free.pop()
    if (known) return known
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, pathOf(all.length))
    const segment = { path, descriptor: openSync(path, 'a', 0o600) }
    all.push(segment)
    return segment
  }

  return {
    note(row) {
      try {
        current ??= takeSegment()
        writeSync(current.descriptor, `${JSON.stringify(row)}\n`)
      } catch {
        // A full disk. The row is still in memory.
      }
    },
    nextBatch() {
      // While nothing takes the batches, the files do not become more: several batches share one then.
      if (free.length === 0 && all.length >= MOST_SEGMENTS) return () => {}
      const segment = current
      current = undefined
      return () => {
        // Closed meanwhile: its descriptor may be another file's by now.
        if (segment === undefined || !all.includes(segment)) return
        try {
          ftruncateSync(segment.descriptor)
          free.push(segment)
        } catch {
          // Not used again. Should it be read one day, rows that are written already count once.
        }
      }
    },
    close() {
      for (const { path, descriptor } of all) {
        closeSync(descriptor)
        if (free.some((segment) => segment.path === path)) rmSync(path, { force: true })
      }
      all.length = 0
      free.length = 0
      current = undefined
    },
  }
}
