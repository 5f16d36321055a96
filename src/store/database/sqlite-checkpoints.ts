import { Worker } from 'node:worker_threads'

/** Puts what SQLite's log has gathered into the database file, in a thread of its own. */
export interface Checkpoints {
  /** A piece of the ledger is written; it is committed later. */
  wrote(): void
  committed(): void
  stop(): Promise<void>
}

/** About 4,000 pages, 16 MB: a quarter of a minute at a thousand calls a second. */
const PIECES_PER_CHECKPOINT = 1_300
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
 * Passive checkpoints wait for nobody, and nobody for them. The last one takes the write lock for what came meanwhile, and cuts the
 * log off: one that is written over instead has its old pages read from the disk again, in the middle of a commit, where the
 * system has forgotten them (20 to 50 ms). Who has the lock keeps it, and is asked for it again a little later.
 */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const { DatabaseSync } = require(workerData.provider)
const connection = new DatabaseSync(workerData.file)
connection.exec('PRAGMA synchronous=NORMAL')
connection.exec('PRAGMA busy_timeout=0')
const copy = connection.prepare('PRAGMA wal_checkpoint(PASSIVE)')
const cutOff = connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)')
const never = new Int32Array(new SharedArrayBuffer(4))
parentPort.on('message', (word) => {
  if (word === 'end') {
    connection.close()
    parentPort.close()
    return
  }
  for (let round = 0; round < 10; round++) {
    copy.get()
    if (!cutOff.get().busy) return
    Atomics.wait(never, 0, 0, 20)
  }
})
`
