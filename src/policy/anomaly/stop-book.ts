import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Stop, StopStore } from './stop.ts'

/** The stops in force, in memory for every call, in the store for every replica and the time after a restart. */
export interface StopBook {
  /** Resolves once the store was asked for the first time, whatever it said; then it is `undefined`. */
  readonly loading: Promise<void> | undefined
  find(scope: string): Stop | undefined
  readonly inForce: number
  /** In force at once; resolves when it is written down, or could not be. */
  put(stop: Stop): Promise<void>
  /** Whether there was one. Rejects when the store is away. */
  lift(scope: string): Promise<boolean>
  /** As the store knows them now. */
  list(): Promise<readonly Stop[]>
  /** Reads the store again, now: another process has changed something. */
  refresh(): Promise<void>
}

export interface StopBookOptions {
  readonly store: StopStore
  readonly clock: Clock
  readonly log: Log
  /** Hears of stops that were lifted, here or elsewhere. */
  readonly onLifted: (stop: Stop) => void
  /** How old the reading may be: within this a stop, and its end, reach every process. @default 1000 */
  readonly freshMs?: number | undefined
}

export function createStopBook(options: StopBookOptions): StopBook {
  const { store, clock, log, onLifted } = options
  const freshMs = options.freshMs ?? 1000
  let stops: ReadonlyMap<string, Stop> = new Map()
  /** Not in the store yet: it was away, or is still writing. */
  const unwritten = new Map<string, Stop>()
  let readAt = -Infinity
  let changes = 0
  let reading: Promise<void> | undefined
  let loading: Promise<void> | undefined

  const write = async (stop: Stop): Promise<void> => {
    try {
      await store.put(stop)
      unwritten.delete(stop.scope)
    } catch {
      log.error('a stop could not be written down: it holds in this process alone until it is', {
        scope: stop.scope,
      })
    }
  }

  const read = async (): Promise<void> => {
    readAt = clock.monotonic()
    const seen = changes
    try {
      for (const stop of unwritten.values()) await write(stop)
      const rows = await store.list()
      // What was read before a change of ours must not undo it.
      if (seen !== changes) return
      const found = new Map([...rows, ...unwritten.values()].map((stop) => [stop.scope, stop]))
      const lifted = [...stops.values()].filter(({ scope }) => !found.has(scope))
      stops = found
      for (const stop of lifted) onLifted(stop)
    } catch {
      // The store is away, and says so elsewhere: what is known holds.
    } finally {
      reading = undefined
    }
  }

  const refresh = (): Promise<void> => {
    reading ??= read()
    return reading
  }
  loading = refresh().finally(() => {
    loading = undefined
  })

  return {
    get loading() {
      return loading
    },
    find(scope) {
      if (clock.monotonic() - readAt >= freshMs) void refresh()
      return stops.size === 0 ? undefined : stops.get(scope)
    },
    get inForce() {
      return stops.size
    },
    async put(stop) {
      if (stops.has(stop.scope)) return
      changes++
      stops = new Map([...stops, [stop.scope, stop]])
      unwritten.set(stop.scope, stop)
      await write(stop)
    },
    async lift(scope) {
      const known = stops.get(scope)
      const removed = await store.delete(scope)
      changes++
      unwritten.delete(scope)
      stops = new Map([...stops].filter(([name]) => name !== scope))
      if (known) onLifted(known)
      return removed || known !== undefined
    },
    async list() {
      const rows = await store.list()
      return [
        ...new Map([...rows, ...unwritten.values()].map((stop) => [stop.scope, stop])).values(),
      ]
    },
    refresh: () => {
      readAt = -Infinity
      return refresh()
    },
  }
}
