import type { AdmissionRequest } from '../../core/admission.ts'
import type { Caller } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import type { CallRecord } from '../../core/ledger.ts'
import type { AnomalySettings } from '../../core/settings.ts'
import { creditsFromNano, NANO_CREDITS_PER_CREDIT } from '../../core/usage.ts'
import { SERVICE_SEAT } from '../seats/choose-seat.ts'
import { isAbuseSignal } from './abuse-signal.ts'
import { createLatest } from './latest.ts'
import { createRepeats, type Repeats } from './repeats.ts'
import { createSpendingHistory, type SpendingHistory } from './spending-history.ts'
import { keyScope, seatScope, type Stop, type StopReason } from './stop.ts'

/** Looks at calls as they come and go, and says when something is out of all proportion. */
export interface AnomalyWatch {
  /** A call that wants to begin. */
  begins(request: AdmissionRequest): Stop | undefined
  ended(record: CallRecord): Stop | undefined
  /** A person has looked: count anew. */
  forget(stop: Stop): void
}

/** Only these can put a person's GitHub account at risk. */
const COPILOT = 'github_copilot'
/** Spending below this in ten minutes is never far above the usual. */
const LEAST_NANO_CREDITS = 500 * NANO_CREDITS_PER_CREDIT
/** Hours with spending before "usual" means anything. */
const WARM_UP_HOURS = 3
const ABUSE_WINDOW_MS = 600_000
const MOST_SCOPES = 10_000
const MOST_REPEATING = 2_000

/**
 * A key stands for one client, so what a client does is laid to its key, and to the seat only where there is none: then one
 * developer's loop does not stop a whole organisation. What GitHub says, it says to the seat.
 *
 * Counts this process alone, as cheap as it is; a stop, once it is there, holds in all.
 */
export function createAnomalyWatch(settings: () => AnomalySettings, clock: Clock): AnomalyWatch {
  const histories = createLatest<SpendingHistory>(MOST_SCOPES, createSpendingHistory)
  const requests = createLatest<Repeats>(MOST_REPEATING, createRepeats)
  const signals = createLatest<number[]>(MOST_SCOPES, () => [])

  const stop = (scope: string, { seat }: Caller, reason: StopReason, detail: string): Stop => ({
    scope,
    seat,
    reason,
    detail,
    atMs: clock.now(),
  })

  const spent = (scope: string, caller: Caller, nanoCredits: number): Stop | undefined => {
    const { creditsPerHour, timesUsual } = settings()
    const history = histories.of(scope)
    const nowMs = clock.monotonic()
    history.add(nanoCredits, nowMs)
    const hour = history.lastHour(nowMs)
    if (creditsPerHour > 0 && hour > creditsPerHour * NANO_CREDITS_PER_CREDIT) {
      return stop(
        scope,
        caller,
        'ceiling',
        `${credits(hour)} credits within an hour; the ceiling is ${creditsPerHour}`,
      )
    }
    const lately = history.lately(nowMs)
    const usual = history.usual(WARM_UP_HOURS)
    if (timesUsual === 0 || usual === undefined || lately < LEAST_NANO_CREDITS) return undefined
    if (lately <= usual * timesUsual) return undefined
    return stop(
      scope,
      caller,
      'spend',
      `${credits(lately)} credits within ten minutes, where ${credits(usual)} are usual`,
    )
  }

  return {
    begins({ call, provider }) {
      const { identicalRequests } = settings()
      const { bytes } = call.body
      if (identicalRequests === 0 || provider !== COPILOT || bytes.length === 0) return undefined
      const scope = scopeOf(call.caller)
      const suspicious = Math.ceil(identicalRequests / 2)
      const { times, certain } = requests.of(scope).note(bytes, clock.monotonic(), suspicious)
      if (times < identicalRequests || certain < identicalRequests - suspicious) return undefined
      const detail = `the same request came ${times} times within ten minutes`
      return stop(scope, call.caller, 'repeats', detail)
    },

    ended(record) {
      const { caller, provider, cost } = record
      if (provider !== COPILOT) return undefined
      const { abuseSignals } = settings()
      if (abuseSignals > 0 && isAbuseSignal(record)) {
        const scope = caller.seat === SERVICE_SEAT ? scopeOf(caller) : seatScope(caller.seat)
        const nowMs = clock.monotonic()
        const times = signals.of(scope)
        while (times[0] !== undefined && times[0] <= nowMs - ABUSE_WINDOW_MS) times.shift()
        times.push(nowMs)
        if (times.length >= abuseSignals) {
          const detail = `GitHub spoke of abuse ${times.length} times within ten minutes`
          return stop(scope, caller, 'abuse', detail)
        }
      }
      if (!cost || cost.nanoCredits === 0) return undefined
      const byKey =
        caller.keyId === undefined
          ? undefined
          : spent(keyScope(caller.keyId), caller, cost.nanoCredits)
      // An organisation's seat carries as many as it has people.
      const bySeat =
        caller.seat === SERVICE_SEAT && caller.keyId !== undefined
          ? undefined
          : spent(seatScope(caller.seat), caller, cost.nanoCredits)
      return byKey ?? bySeat
    },

    forget({ scope, seat }) {
      for (const name of [scope, seatScope(seat)]) {
        histories.drop(name)
        requests.drop(name)
        signals.drop(name)
      }
    },
  }
}

function scopeOf({ keyId, seat }: Caller): string {
  return keyId === undefined ? seatScope(seat) : keyScope(keyId)
}

function credits(nanoCredits: number): string {
  return String(Math.round(creditsFromNano(nanoCredits)))
}
