import cluster from 'node:cluster'
import type { Clock } from '../../core/clock.ts'
import type { CallRecord, Observer } from '../../core/ledger.ts'
import type { Database } from '../database/open.ts'
import { rowFromRecord, type CallRow } from './rows.ts'
import type { Spool } from './spool.ts'
import { writeCalls } from './write.ts'

export interface Recorder extends Observer {
  finished(record: CallRecord): void
  /** Resolves when everything seen so far is written or spooled. */
  flush(): Promise<void>
  close(): Promise<void>
  /** Rows lost because neither database nor disk took them. */
  readonly lost: number
  /** Whether rows wait on disk for a database that is away. */
  readonly spooling: boolean
}

export interface RecorderOptions {
  readonly database: Database
  readonly clock: Clock
  readonly spool?: Spool | undefined
  /** What a crash may lose of statistics. @default 200 */
  readonly intervalMs?: number | undefined
  /** @default 500 */
  readonly batchRows?: number | undefined
  /** How often rows on disk are tried again while no call comes. @default 5000 */
  readonly retryMs?: number | undefined
  /** Rows kept in memory while neither database nor disk takes them; more are lost. @default 20000 */
  readonly heldRows?: number | undefined
  /**
   * Have finished calls on disk at once, so that a process which is killed loses none: another one writes them.
   * @default in one of several workers; a single gateway may lose what finished within `intervalMs`, and keeps a journal only
   * while the database takes longer than that
   */
  readonly journal?: boolean | undefined
  readonly onFailure?: ((error: unknown, rows: number) => void) | undefined
  /** Told when writing works again after a failure. */
  readonly onRecovered?: (() => void) | undefined
}

/** How soon is looked whether a full disk has room again, and with how many of the rows that wait in memory for it. */
const STUCK_MS = 500
const PROBE_ROWS = 50

/**
 * Writes the ledger in batches, off the path of the call: `finished` only puts a row on a list. Batches are written one
 * after the other; what the database does not take goes to the spool, and from there to the database once it is back. What
 * neither takes, as when a full disk holds both, stays in memory within a bound.
 */
export function createRecorder(options: RecorderOptions): Recorder {
  const { database, clock, spool, onFailure } = options
  const intervalMs = options.intervalMs ?? 200
  const batchRows = options.batchRows ?? 500
  let waiting: CallRow[] = []
  let cancelTimer: (() => void) | undefined
  let writing = Promise.resolve()
  const retryMs = options.retryMs ?? 5_000
  /** Rows may be on disk: another process's at the start, our own after a failure. */
  let spooled = spool !== undefined
  const heldRows = options.heldRows ?? 20_000
  let failing = false
  /** Neither database nor disk took the last batch. */
  let stuck = false
  let closing = false
  let lost = 0
  const journal = spool?.openJournal()
  const always = options.journal ?? cluster.isWorker
  let noting = always
  /** Batches on their way to the database, the oldest first. */
  const underway: (readonly CallRow[])[] = []
  /** Batches that are in the journal and nowhere else. */
  let unsafe: (() => void)[] = []
  let cancelPatience: (() => void) | undefined

  const flush = async (): Promise<void> => {
    const probing = stuck && !closing
    await writeSome(probing ? PROBE_ROWS : waiting.length)
    if (!probing || stuck) return
    // What waited behind the probe may be on its way already.
    await (waiting.length > 0 ? flush() : writing)
  }

  const writeSome = (count: number): Promise<void> => {
    cancelTimer?.()
    cancelTimer = undefined
    const rows = waiting.slice(0, count)
    waiting = waiting.slice(count)
    const forget = journal?.nextBatch()
    underway.push(rows)
    if (!noting) cancelPatience ??= clock.setTimer(intervalMs, noteAll)
    writing = writing.then(async () => {
      if (forget) unsafe.push(forget)
      await deliver(rows)
      underway.shift()
      if (underway.length > 0) return
      atRest()
      if (isDue()) void flush()
    })
    return writing
  }

  /** Enough rows for a batch. While one is written the next grows: many calls make larger batches, not a queue of them. */
  const isDue = (): boolean => !stuck && waiting.length >= batchRows && underway.length === 0

  /** The database is slow or silent: what waits for it in memory is safe before it answers. */
  const noteAll = (): void => {
    noting = true
    for (const row of [...underway.flat(), ...waiting]) journal?.note(row)
  }

  const atRest = (): void => {
    cancelPatience?.()
    cancelPatience = undefined
    if (always || failing) return
    if (noting && journal) unsafe.push(journal.nextBatch())
    noting = false
    if (waiting.length > 0) return
    forgetJournal()
    journal?.close()
  }

  const forgetJournal = (): void => {
    for (const forget of unsafe) forget()
    unsafe = []
  }

  /** Somebody takes rows again. After a probe the others are still in memory: their journal is needed until they are written. */
  const unstick = (): void => {
    const isProbe = stuck && waiting.length > 0
    stuck = false
    if (!isProbe) forgetJournal()
  }

  const deliver = async (rows: readonly CallRow[]): Promise<void> => {
    try {
      if (spooled && spool) {
        await spool.drain((kept) => writeCalls(database, kept))
        spooled = false
      }
      await writeCalls(database, rows)
      if (failing) options.onRecovered?.()
      failing = false
      unstick()
    } catch (error) {
      failing = true
      // What finishes from now on waits for the next try, which may be seconds away.
      noting = true
      onFailure?.(error, rows.length)
      await keep(rows)
      if (spooled || stuck) {
        cancelTimer ??= clock.setTimer(stuck ? STUCK_MS : retryMs, () => void flush())
      }
    }
  }

  const keep = async (rows: readonly CallRow[]): Promise<void> => {
    if (rows.length === 0) return
    try {
      if (!spool) throw new Error('no spool')
      await spool.keep(rows)
      spooled = true
      unstick()
    } catch (error) {
      stuck = true
      const kept = closing ? [] : rows.slice(0, Math.max(0, heldRows - waiting.length))
      waiting = [...kept, ...waiting]
      lost += rows.length - kept.length
      onFailure?.(error, rows.length)
    }
  }

  return {
    finished(record) {
      if (stuck && waiting.length >= heldRows) {
        lost++
        return
      }
      const row = rowFromRecord(record)
      waiting.push(row)
      if (noting) journal?.note(row)
      if (isDue()) void flush()
      else cancelTimer ??= clock.setTimer(stuck ? STUCK_MS : intervalMs, () => void flush())
    },
    flush,
    async close() {
      closing = true
      await flush()
      cancelTimer?.()
      cancelTimer = undefined
      journal?.close()
    },
    get spooling() {
      return failing
    },
    get lost() {
      return lost
    },
  }
}
