import type { Admission, AdmissionRequest, Permit } from '../../core/admission.ts'
import { whenKnown, type Awaitable } from '../../core/awaitable.ts'
import type { Caller } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import { RateLimitError } from '../../core/errors.ts'
import type { Observer } from '../../core/ledger.ts'
import type { Log } from '../../core/log.ts'
import { DEFAULT_ANOMALY } from '../../core/default-settings.ts'
import type { AnomalySettings, LimitSettings } from '../../core/settings.ts'
import type { AuditLog } from '../admin/audit.ts'
import { createNote } from '../admin/note.ts'
import type { Changes } from '../keys/changes.ts'
import { createAnomalyWatch } from './anomaly-watch.ts'
import { createStopBook } from './stop-book.ts'
import { keyScope, seatScope, type Stop, type StopReason, type StopStore } from './stop.ts'

/**
 * The last line before a person's GitHub account is at risk: when a client runs wild, its calls are refused until a person has
 * looked and lifts the stop. Limits and budgets are what one plans; this is for what nobody planned.
 */
export interface AnomalyStop {
  /** Puts the stop in front of another admission. */
  guard(admission: Admission): Admission
  readonly observer: Observer
  list(): Promise<readonly Stop[]>
  /** Lifts the stop of this scope; `undefined` when there is none. */
  resume(scope: string, actor: string): Promise<Stop | undefined>
  /** For metrics. */
  readonly inForce: number
  /** Stops set by this process since it began. */
  readonly set: ReadonlyMap<StopReason, number>
}

export interface AnomalyStopOptions {
  readonly store: StopStore
  readonly audit: AuditLog
  readonly changes: Changes
  readonly settings: () => LimitSettings
  readonly clock: Clock
  readonly log: Log
}

export function createAnomalyStop(options: AnomalyStopOptions): AnomalyStop {
  const { store, audit, changes, clock, log } = options
  const settings = (): AnomalySettings => options.settings().anomaly ?? DEFAULT_ANOMALY
  const watch = createAnomalyWatch(settings, clock)
  const set = new Map<StopReason, number>()
  const book = createStopBook({
    store,
    clock,
    log,
    onLifted: (stop) => {
      watch.forget(stop)
    },
  })
  changes.onChange(() => {
    void book.refresh()
  })
  const note = createNote({
    audit,
    clock,
    onChange: () => {
      changes.announce()
    },
  })

  const trip = (stop: Stop): void => {
    if (book.find(stop.scope)) return
    const { scope, reason, detail } = stop
    set.set(reason, (set.get(reason) ?? 0) + 1)
    log.error('stopped: something is out of all proportion; a person must look, and lift it', {
      scope,
      reason,
      detail,
      mend: `jetway seats resume ${scope}`,
    })
    // Told to the others once it is written; where that fails, the book tries again by itself.
    book
      .put(stop)
      .then(() => note('gateway', 'seat.stop', scope, { reason, detail }))
      .catch(() => {
        log.warn('a stop is not in the audit log: the store does not answer', { scope })
      })
  }

  const stopOf = ({ keyId, seat }: Caller): Stop | undefined =>
    book.find(seatScope(seat)) ?? (keyId === undefined ? undefined : book.find(keyScope(keyId)))

  const admit = (admission: Admission, request: AdmissionRequest): Awaitable<Permit> => {
    const standing = stopOf(request.call.caller)
    if (standing) throw stoppedError(standing)
    const stop = watch.begins(request)
    if (!stop) return admission.admit(request)
    trip(stop)
    throw stoppedError(stop)
  }

  return {
    guard: (admission) => ({
      admit(request) {
        if (!settings().enabled) return admission.admit(request)
        return whenKnown(book.loading, () => admit(admission, request))
      },
      allows: (caller, listed) => admission.allows?.(caller, listed) ?? true,
    }),
    observer: {
      finished(record) {
        if (!settings().enabled) return
        const stop = watch.ended(record)
        if (stop) trip(stop)
      },
    },
    list: () => book.list(),
    async resume(scope, actor) {
      const stop = (await book.list()).find((candidate) => candidate.scope === scope)
      if (!stop || !(await book.lift(scope))) return undefined
      await note(actor, 'seat.resume', scope, { reason: stop.reason })
      log.info('a stop was lifted', { scope, actor })
      return stop
    },
    get inForce() {
      return book.inForce
    },
    set,
  }
}

/** Trying again does not help, and the clients' SDKs are told so. */
function stoppedError({ scope, reason, detail, atMs }: Stop): RateLimitError {
  const what = scope.startsWith('key:') ? 'this key' : 'this Copilot seat'
  const since = new Date(atMs).toISOString()
  return new RateLimitError(
    `${what} was stopped at ${since} to protect the account: ${detail}. A person must look at what the client does and lift it: \`jetway seats resume ${scope}\`, or POST /seats/resume`,
    {
      code: scope.startsWith('key:') ? 'key_stopped' : 'seat_stopped',
      headers: { 'x-should-retry': 'false' },
      body: { scope, reason, detail, stopped_at: since },
    },
  )
}
