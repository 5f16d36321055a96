import { Worker } from 'node:worker_threads'

/** Puts what SQLite's log has gathered into the database file, in a thread of its own. */
export interface Checkpoints {
  /** A piece of the ledger is written; it is committed later. */
  wrote(): void
  committed(): void
  stop(): Promise<void>
}

/** About 3,000 pages, 12 MB: some ten seconds of a thousand calls each. */
const PIECES_PER_CHECKPOINT = 500
/** A thread takes about 8 MB and six files: it lives while there is work for it. */
const IDLE_MS = 20_000

/**
 * SQLite does this by itself, in the thread that commits: copies a thousand pages, and waits twice for the disk. Every few
 * seconds that held up all calls for 10 to 20 ms. It goes on doing so from `AUTOMATIC_PAGES` on, where the thread does not come
 * round to it or cannot be had. https://www.sqlite.org/wal.html#automatic_checkpoint
 */
export const AUTOMATIC_PAGES = 8_000

/** @param provider where the module of SQLite is found that has the database open: both must be one and the same library. */
export function createCheckpoints(file: string, provider: string): Checkpoints {
  let pieces = 0
  let thread: Thread | undefined
  let idle: NodeJS.Timeout | undefined

  const end = (): void => {
    clearTimeout(idle)
    thread?.say('end')
  }
  return {
    wrote() {
      pieces++
    },
    committed() {
      if (pieces < PIECES_PER_CHECKPOINT) return
      pieces = 0
      if (!thread || thread.ended) thread = startThread(file, provider)
      thread.say('checkpoint')
      clearTimeout(idle)
      idle = setTimeout(end, IDLE_MS).unref()
    },
    async stop() {
      end()
      await thread?.gone()
    },
  }
}

interface Thread {
  /** It was told to, or failed. */
  readonly ended: boolean
  say(word: 'checkpoint' | 'end'): void
  gone(): Promise<void>
}

function startThread(file: string, provider: string): Thread {
  const worker = new Worker(THREAD, {
    eval: true,
    workerData: { file, provider },
    // It has no work for more; the default is that of a main thread.
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
    // None of the process's: some are refused in a thread.
    execArgv: [],
  })
  worker.unref()
  let ended = false
  let over = false
  // What it could not do, SQLite does by itself.
  worker.on('error', () => {})
  const exit = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      ended = true
      over = true
      resolve()
    })
  })
  return {
    get ended() {
      return ended
    },
    say(word) {
      if (ended) return
      ended = word === 'end'
      // A thread, and no window: it has no origin.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      worker.postMessage(word)
    },
    async gone() {
      // A process that ends waits for it from now on: the database is closed after it.
      if (!over) worker.ref()
      await exit
    },
  }
}

/**
 * Passive: it waits for nobody, and nobody for it. What is written meanwhile is left for another round; once a round leaves
 * nothing, the log begins anew.
 */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const { DatabaseSync } = require(workerData.provider)
const connection = new DatabaseSync(workerData.file)
connection.exec('PRAGMA synchronous=NORMAL')
const checkpoint = connection.prepare('PRAGMA wal_checkpoint(PASSIVE)')
parentPort.on('message', (word) => {
  if (word === 'end') {
    connection.close()
    parentPort.close()
    return
  }
  for (let round = 0; round < 5; round++) {
    const { busy, log, checkpointed } = checkpoint.get()
    if (busy || log === checkpointed) return
  }
})
`
