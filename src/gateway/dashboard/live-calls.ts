import type { Caller } from '../../core/call.ts'
import type { CallRecord, Observer, StartedCall } from '../../core/ledger.ts'
import type { JsonObject } from '../../core/json.ts'

/** More calls than the gateway takes at once are never under way. */
const MAX_OPEN = 5_000
const MAX_WAITING = 500

export interface LiveEvent {
  readonly name: 'open' | 'close'
  readonly data: JsonObject
}

/** Whose calls a page may see. */
export type Mine = (caller: Caller) => boolean

export interface Subscription {
  /** What has happened since it was last asked. `undefined`: too much; read `open()` again. */
  take(): readonly LiveEvent[] | undefined
  /** Resolves when there is something to take. */
  next(): Promise<void>
  /** The calls under way now. */
  open(): readonly JsonObject[]
  close(): void
}

export interface LiveCalls {
  readonly observer: Observer
  readonly subscribers: number
  subscribe(mine: Mine): Subscription
}

interface OpenCall {
  readonly call: StartedCall
  readonly startedAt: number
}

/** The calls under way in this process, and who watches them. Costs a map entry a call; without watchers nothing more. */
export function createLiveCalls(now: () => number): LiveCalls {
  // By request id: a caller who sends one id for several calls sees them as one.
  const open = new Map<string, OpenCall>()
  const watchers = new Set<(caller: Caller, event: LiveEvent) => void>()

  const tell = (caller: Caller, event: LiveEvent): void => {
    for (const watcher of watchers) watcher(caller, event)
  }

  return {
    observer: {
      started(call) {
        if (open.size >= MAX_OPEN) return
        const opened = { call, startedAt: now() }
        open.set(call.id, opened)
        if (watchers.size > 0) tell(call.caller, { name: 'open', data: shown(opened) })
      },
      finished(record) {
        open.delete(record.id)
        if (watchers.size > 0) tell(record.caller, { name: 'close', data: closed(record) })
      },
    },
    get subscribers() {
      return watchers.size
    },
    subscribe(mine) {
      let waiting: LiveEvent[] | undefined = []
      let wake: (() => void) | undefined
      const hear = (caller: Caller, event: LiveEvent): void => {
        if (!mine(caller)) return
        if (waiting && waiting.push(event) > MAX_WAITING) waiting = undefined
        wake?.()
      }
      watchers.add(hear)
      return {
        take() {
          const taken = waiting
          waiting = []
          return taken
        },
        next: () =>
          new Promise((resolve) => {
            if (!waiting || waiting.length > 0) resolve()
            else wake = resolve
          }),
        open: () => [...open.values()].filter(({ call }) => mine(call.caller)).map(shown),
        close() {
          watchers.delete(hear)
          wake?.()
        },
      }
    },
  }
}

function shown({ call, startedAt }: OpenCall): JsonObject {
  const { id, model, stream, dialect, caller } = call
  return {
    id,
    model,
    stream,
    dialect,
    started_at: startedAt,
    key: caller.keyAlias ?? caller.keyId ?? caller.kind,
    user_id: caller.userId ?? null,
  }
}

function closed(record: CallRecord): JsonObject {
  return {
    id: record.id,
    model: record.model ?? record.modelAsked,
    outcome: record.outcome,
    status: record.status,
    total_ms: Math.round(record.timing.totalMs),
    nano_credits: record.cost?.nanoCredits ?? 0,
    tokens: (record.usage?.inputTokens ?? 0) + (record.usage?.outputTokens ?? 0),
  }
}
