import cluster from 'node:cluster'
import type { Worker } from 'node:cluster'
import { systemClock } from '../../core/clock.ts'
import type { HubMessage, HubPort } from '../../store/shared/hub-messages.ts'
import type { Hub } from '../../store/shared/hub.ts'
import type { SiblingLine, Switchboard } from '../../telemetry/siblings.ts'
import type { Terminal } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import type { HangUps } from './hang-ups.ts'

/** Between two starts in the place of one worker, so that one which dies at once is not started again and again. */
const RESTART_EVERY_MS = 1_000

type Message =
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'stop' }
  | { readonly type: 'reload' }

const PORT_VARIABLE = 'JETWAY_WORKERS_PORT'

export const isWorker = (): boolean => cluster.isWorker

/** A worker's line to the process that started it, which counts for all workers. */
export function hubPort(): HubPort | undefined {
  if (!isWorker() || !process.send) return undefined
  return {
    send: (message) => {
      // Without a callback, a line that breaks at this moment would end the process with an error.
      process.send?.(message, undefined, undefined, ignore)
    },
    onMessage: (listener) => {
      process.on('message', listener)
    },
  }
}

/** A worker's line to the others, for metrics of all. */
export function siblingLine(): SiblingLine | undefined {
  if (!isWorker() || !process.send) return undefined
  return {
    send: (message) => {
      process.send?.(message, undefined, undefined, ignore)
    },
    onMessage: (listener) => {
      process.on('message', listener)
    },
  }
}

/** The port that the process which started this one has chosen for all of them. */
export function workersPort(environment: NodeJS.ProcessEnv): number | undefined {
  const port = environment[PORT_VARIABLE]
  return port === undefined ? undefined : Number(port)
}

/** Tells the process that started this one where it listens. */
export function announceReady(url: string): Promise<void> {
  process.send?.({ type: 'ready', url } satisfies Message)
  return Promise.resolve()
}

/** Aborts when the process that started this one says so, or is gone. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController()
  const stop = (): void => {
    controller.abort(new Error('stopped'))
  }
  process.on('message', (message: Message) => {
    if (message.type === 'stop') stop()
    // As if it had been sent here: one who hears only the first process has no need to know the others.
    else if (message.type === 'reload') process.emit('SIGHUP', 'SIGHUP')
  })
  process.on('disconnect', stop)
  if (!process.connected) stop()
  return controller.signal
}

/**
 * Runs so many processes that share the port; one that dies is replaced, however young. Resolves when all have ended after
 * the signal. Rejects when one ends before all have once been ready: what is wrong then is wrong with each of them.
 *
 * Each accepts from the one listening socket by itself. Node's default, to accept here and hand connections on, loses those that
 * were just handed to a process which dies: they stay open here and nobody ever answers them. What waits in the socket's own queue
 * is taken by the others, and what a dead process had accepted is reset by the kernel.
 */
export async function runWorkers(options: {
  readonly count: number
  /** Chosen here, where the system was to choose one. */
  readonly port: number | undefined
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly hangUps: HangUps
  readonly onReady: (url: string) => Promise<void>
}): Promise<void> {
  const { count, port, terminal, signal, hangUps, onReady } = options
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const environment = port === undefined ? {} : { [PORT_VARIABLE]: port }
  const running = new Set<Worker>()
  let ready = 0
  const { createHub } = await import('../../store/shared/hub.ts')
  const { createSwitchboard } = await import('../../telemetry/siblings.ts')
  const hub = createHub(systemClock)
  const switchboard = createSwitchboard()
  if (signal.aborted) return
  return new Promise((resolve, reject) => {
    const stopAll = (): void => {
      // All may be dead at this moment, and waiting to be replaced.
      if (running.size === 0) resolve()
      for (const worker of running) stop(worker)
    }
    const fail = (code: number): void => {
      signal.removeEventListener('abort', stopAll)
      stopAll()
      reject(new ExitError(code, 'a worker could not start; what it said stands above'))
    }
    const fork = (): void => {
      const startedAt = performance.now()
      const worker = cluster.fork(environment)
      running.add(worker)
      const disconnect = connect(hub, switchboard, worker)
      worker.on('message', (message: Message | HubMessage) => {
        if (message.type !== 'ready') return
        ready += 1
        if (ready === count) void onReady(message.url)
        // The word to stop is lost on one that is still loading its own code.
        if (signal.aborted) stop(worker)
      })
      worker.on('exit', (code: number | null, how: string) => {
        running.delete(worker)
        disconnect()
        if (signal.aborted) {
          if (running.size === 0) resolve()
          return
        }
        if (ready < count) {
          fail(code === 0 || code === null ? EXIT.failed : code)
          return
        }
        terminal.warn(`Worker ${worker.id} ended with ${code ?? how}; another takes its place.`)
        const waitMs = Math.max(0, startedAt + RESTART_EVERY_MS - performance.now())
        setTimeout(() => {
          if (!signal.aborted) fork()
        }, waitMs)
      })
    }
    hangUps.listen(() => {
      for (const worker of running) tell(worker, { type: 'reload' })
    })
    signal.addEventListener('abort', stopAll, { once: true })
    for (let at = 0; at < count; at++) fork()
  })
}

function connect(hub: Hub, switchboard: Switchboard, worker: Worker): () => void {
  const line = {
    send: (message: object) => {
      if (worker.isConnected()) worker.process.send(message, undefined, undefined, ignore)
    },
    onMessage: (listener: (message: unknown) => void) => {
      worker.on('message', listener)
    },
  }
  const leaveHub = hub.connect(line)
  const leaveOthers = switchboard.connect(line)
  return () => {
    leaveHub()
    leaveOthers()
  }
}

function ignore(): void {}

function stop(worker: Worker): void {
  tell(worker, { type: 'stop' })
}

/** One that has just been killed hears nothing any more. */
function tell(worker: Worker, message: Message): void {
  if (worker.isConnected()) worker.send(message, ignore)
}
