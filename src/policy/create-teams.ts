import { randomUUID } from 'node:crypto'
import type { Admission } from '../core/admission.ts'
import type { Authenticator } from '../core/authenticator.ts'
import type { SeatId } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Observer } from '../core/ledger.ts'
import type { Log } from '../core/log.ts'
import type { LimitSettings } from '../core/settings.ts'
import type { AuditLog } from './admin/audit.ts'
import { createOnlyOnce, type IdempotencyStore, type OnlyOnce } from './admin/idempotency.ts'
import { createKeyAdministration, type KeyAdministration } from './admin/key-administration.ts'
import type { SpendReader } from './admin/spend-reader.ts'
import { createAdmission } from './admission/admission.ts'
import { createAnomalyStop, type AnomalyStop } from './anomaly/anomaly-stop.ts'
import type { StopStore } from './anomaly/stop.ts'
import { createAllowances } from './budgets/allowances.ts'
import type { BudgetStore } from './budgets/budget-store.ts'
import { createSoftMarks } from './budgets/soft-marks.ts'
import { createKeyAuthenticator } from './keys/authenticator.ts'
import type { Changes } from './keys/changes.ts'
import { refuseKey } from './keys/check-grant.ts'
import { createGrantCache } from './keys/grant-cache.ts'
import type { KeyStore } from './keys/key-store.ts'
import type { LimitStore } from './limits/limit-store.ts'
import type { HeldPlaces } from './pacing/held-places.ts'
import { createSeatQueue, type SeatQueue } from './pacing/seat-queue.ts'
import { createSharedSeatQueue } from './pacing/shared-seat-queue.ts'
import { findsSeat, type SharedSeat } from './seats/choose-seat.ts'
import type { Seal } from './seats/seal.ts'
import { createSeatCredentials, type SeatCredentials } from './seats/seat-credentials.ts'
import {
  createSeatService,
  type GitHubToken,
  type SeatConnector,
  type SeatService,
} from './seats/seat-service.ts'
import { createSeatWatch } from './seats/seat-watch.ts'
import type { SeatStore } from './seats/seat.ts'

/** What a team's data is kept in. `store/open-store.ts` opens one. */
export interface TeamStore {
  readonly keys: KeyStore
  readonly budgets: BudgetStore
  readonly limits: LimitStore
  readonly seats: SeatStore
  readonly audit: AuditLog
  readonly stops: StopStore
  readonly idempotency: IdempotencyStore
  readonly changes: Changes
  readonly ledger: SpendReader
  readonly recorder: Observer
  /** Places of seats over all processes that share the store; absent where this one is alone. */
  readonly places?: HeldPlaces | undefined
  /** How many gateways divide the places of a seat among them, since nothing counts for all. @default 1 */
  readonly divided?: number | undefined
}

export interface TeamsOptions {
  readonly store: TeamStore
  readonly clock: Clock
  readonly log: Log
  /** Asked for each call. */
  readonly limits: () => LimitSettings
  readonly masterKey: () => string | undefined
  /** Seals GitHub tokens at rest; without it nobody can connect a seat. */
  readonly seal?: Seal | undefined
  /** GitHub's side of connecting a seat. */
  readonly connector?: SeatConnector | undefined
  /** Who pays for keys without a seat of their own. @default 'service' with an organisation's credential, else 'own' */
  readonly sharedSeat?: SharedSeat | undefined
  /** The organisation's own credential. */
  readonly organisation?: ((refused?: string) => Promise<GitHubToken>) | undefined
  /** What a call may do when limits and budgets cannot be asked for. @default 'refuse' */
  readonly whenStoreIsAway?: 'refuse' | 'allow' | undefined
  /** How long a known key works while the store is away. @default 300000 */
  readonly keysUsableMs?: number | undefined
  /** The longest a call may run. @default 600000 */
  readonly longestCallMs?: number | undefined
  /** What is known of a seat no longer counts: its token is gone. */
  readonly onSeatGone?: ((seat: SeatId) => void) | undefined
}

/** Keys, limits, budgets and seats, ready to be plugged into a gateway. */
export interface Teams {
  readonly authenticator: Authenticator
  readonly admission: Admission
  readonly observers: readonly Observer[]
  readonly seatCredentials: SeatCredentials
  readonly seatQueue: SeatQueue
  readonly administration: KeyAdministration
  /** Absent without a seal and a connector. */
  readonly seats: SeatService | undefined
  readonly onlyOnce: OnlyOnce
  /** Stops what runs wild until a person lifts it. */
  readonly stops: AnomalyStop
  /** Settles what is not settled. The store is still needed for it. */
  close(): Promise<void>
}

export function createTeams(options: TeamsOptions): Teams {
  const { store, clock, log, seal, connector, organisation } = options
  const { changes, audit } = store
  const sharedSeat = options.sharedSeat ?? (organisation ? 'service' : 'own')
  const grants = createGrantCache({
    store: store.keys,
    clock,
    serves: (grant) => !refuseKey(grant, clock.now()) && findsSeat(grant, sharedSeat),
    usableMs: options.keysUsableMs,
  })
  changes.onChange(() => {
    grants.clear()
  })
  const onChange = (): void => {
    changes.announce()
  }
  const budgets = createAllowances({
    store: store.budgets,
    holder: randomUUID(),
    clock,
    onFailure: () => {
      log.warn('what calls cost could not be posted to their budgets; it is tried again')
    },
  })
  const seatQueue = openSeatQueue(options)
  const seats =
    seal &&
    connector &&
    createSeatService({
      store: store.seats,
      seal,
      connector,
      audit,
      clock,
      onChange,
      onGone: options.onSeatGone,
    })

  const stops = createAnomalyStop({
    store: store.stops,
    audit,
    changes,
    settings: options.limits,
    clock,
    log,
  })
  const admission = createAdmission({
    limits: store.limits,
    budgets,
    seats: seatQueue,
    clock,
    log,
    whenStoreIsAway: options.whenStoreIsAway,
    longestCallMs: options.longestCallMs,
    onSoftBudget: createSoftMarks({ audit, clock, log }),
  })

  return {
    authenticator: createKeyAuthenticator({
      masterKey: options.masterKey,
      grants,
      clock,
      sharedSeat,
    }),
    admission: stops.guard(admission),
    observers: [store.recorder, stops.observer, ...(seats ? [createSeatWatch(seats, log)] : [])],
    seatCredentials: createSeatCredentials({ service: seats, organisation }),
    seatQueue,
    administration: createKeyAdministration({
      keys: store.keys,
      budgets,
      ledger: store.ledger,
      audit,
      clock,
      onChange,
    }),
    seats,
    onlyOnce: createOnlyOnce({ store: store.idempotency, clock, seal }),
    stops,
    async close() {
      try {
        await budgets.close()
      } catch {
        log.error(
          'budgets were not settled at the end: what is held counts as spent in some minutes',
        )
      }
    },
  }
}

function openSeatQueue({ store, limits, clock }: TeamsOptions): SeatQueue {
  const { places, divided = 1 } = store
  const share = (): LimitSettings => {
    const settings = limits()
    if (divided <= 1) return settings
    return {
      ...settings,
      maxParallelPerSeat: Math.max(1, Math.floor(settings.maxParallelPerSeat / divided)),
      // Each keeps to every so many-th place in time.
      minGapMs: settings.minGapMs * divided,
    }
  }
  const local = createSeatQueue(share, clock)
  return places ? createSharedSeatQueue(local, places, share, clock) : local
}
