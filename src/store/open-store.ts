import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../core/clock.ts'
import type { Observer } from '../core/ledger.ts'
import type { Log } from '../core/log.ts'
import type { ResponseStore } from '../core/response-store.ts'
import type { SessionBook } from '../engine/balance/session-book.ts'
import type { AuditLog } from '../policy/admin/audit.ts'
import type { IdempotencyStore } from '../policy/admin/idempotency.ts'
import type { BudgetStore } from '../policy/budgets/budget-store.ts'
import type { Changes } from '../policy/keys/changes.ts'
import type { KeyStore } from '../policy/keys/key-store.ts'
import type { LimitStore } from '../policy/limits/limit-store.ts'
import type { StopStore } from '../policy/anomaly/stop.ts'
import { createHeldPlaces, type HeldPlaces } from '../policy/pacing/held-places.ts'
import type { PromptStore } from '../policy/prompts/prompt-store.ts'
import type { Seal } from '../policy/seats/seal.ts'
import type { SeatStore } from '../policy/seats/seat.ts'
import { createIdempotencyStore } from './admin/idempotency.ts'
import { createAuditLog } from './audit/audit.ts'
import { createBudgets } from './budgets/budgets.ts'
import { isPermanent, reasonOf } from './database/failure.ts'
import { openDatabase, type Database } from './database/open.ts'
import { createKeyStore } from './keys/keys.ts'
import { createLedger, type Ledger } from './ledger/ledger.ts'
import { createRecorder, type Recorder, type RecorderOptions } from './ledger/recorder.ts'
import { createSpool } from './ledger/spool.ts'
import { migrate, pendingMigrations } from './migrations/migrate.ts'
import { createPromptStore } from './prompts/prompts.ts'
import { createResponseStore } from './responses/responses.ts'
import { createSeatStore } from './seats/seats.ts'
import { createEndedSessions, type EndedSessions } from './sessions/ended-sessions.ts'
import { openShared, type Shared, type SharedOptions } from './shared/open-shared.ts'
import { createSharedSessions } from './shared/shared-sessions.ts'
import { createStopStore } from './stops/stops.ts'
import { repeat } from './upkeep/repeat.ts'
import { DEFAULT_RETENTION, deleteOldRows, type Retention } from './upkeep/retention.ts'

export interface StoreOptions {
  /** `postgres://…`, or the path of an SQLite file, or `:memory:`. */
  readonly location: string
  readonly redisUrl?: string | undefined
  /** Without Redis: the process that counts for all workers of this machine. */
  readonly hub?: SharedOptions['hub']
  /** Where finished calls wait for a database that is away. Without it they are lost then. */
  readonly spoolFolder?: string | undefined
  readonly clock: Clock
  readonly log: Log
  /** Seals what stands in Redis; without it tokens are not shared there. */
  readonly seal?: Seal | undefined
  /** `refuse`: an older database is an error that names the command. @default 'apply' */
  readonly migrations?: 'apply' | 'refuse' | undefined
  /** Processes that share the limits, as long as Redis has not counted them. @default 1 */
  readonly replicas?: number | undefined
  /** @default 90 days of single calls, 400 of the audit log, sums for ever */
  readonly retention?: Retention | undefined
}

export interface StoreStatus {
  /** `away`: it was not reached yet since the start. */
  readonly database: 'sqlite' | 'postgres'
  readonly migrated: boolean
  /** Why it is away, where it is. */
  readonly problem: string | undefined
  readonly redis: 'none' | 'connected' | 'away'
  /** Finished calls wait on disk. */
  readonly spooling: boolean
  /** Finished calls that neither database nor disk took. */
  readonly lost: number
}

/** What outlives a process and what processes share, wired together. */
export interface Store {
  readonly database: Database
  readonly keys: KeyStore
  readonly budgets: BudgetStore
  readonly limits: LimitStore
  readonly seats: SeatStore
  readonly audit: AuditLog
  readonly stops: StopStore
  readonly endedSessions: EndedSessions
  readonly idempotency: IdempotencyStore
  readonly responses: ResponseStore
  readonly prompts: PromptStore
  readonly changes: Changes
  readonly ledger: Ledger
  readonly recorder: Recorder & Observer
  /** Exchanged tokens between processes; absent where there is one only, or no seal. */
  readonly tokens: Shared['tokens']
  /** Places of seats over all processes; absent where there is one only. */
  readonly places: HeldPlaces | undefined
  /** How many gateways divide the places of a seat among them, since nothing counts for all of them. */
  readonly divided: number
  /** Where sessions were served; absent where this process is alone. */
  readonly sessions: SessionBook | undefined
  /** Rejects with what is wrong while the database was not reached yet. */
  ready(): Promise<void>
  status(): StoreStatus
  /** Writes what is left, then lets go of everything. */
  close(): Promise<void>
}

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 30_000
const EXPIRE_HOLDS_MS = 30_000
/** A call may end a moment after its deadline. */
const HOLD_GRACE_MS = 10_000
const RETENTION_MS = 3_600_000

/**
 * Opens everything and brings the database to this version. A database or a Redis that is away does not stop the start: what
 * needs it is refused and named, the rest is served, and both are tried until they answer. Rejects only where waiting would
 * not help: a wrong password, a missing package, a database of a newer version, `migrations: 'refuse'` with some to apply.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { clock, log } = options
  const database = await openDatabase(options.location)
  let shared: Shared
  try {
    shared = await openShared(options)
  } catch (error) {
    await database.close()
    throw error
  }
  const places =
    shared.places &&
    createHeldPlaces({ book: shared.places, clock, replicas: () => shared.sharers() })
  const recorder = createRecorder({
    database,
    clock,
    spool: options.spoolFolder === undefined ? undefined : createSpool(options.spoolFolder),
    ...ledgerWatch(log),
  })
  const budgets = createBudgets(database)
  let problem: string | undefined
  let migrated = false
  let closed = false
  let cancelRetry = (): void => {}
  const stops: (() => void)[] = []

  const bringUp = async (): Promise<void> => {
    if (options.migrations === 'refuse') {
      const pending = await pendingMigrations(database)
      if (pending.length > 0) throw new MigrationsPending(pending)
    } else {
      const applied = await migrate(database)
      if (applied.length > 0)
        log.info('the database was brought to this version', { steps: applied.join(', ') })
    }
    migrated = true
    problem = undefined
    startUpkeep()
  }

  const startUpkeep = (): void => {
    const failed = (error: unknown): void => {
      log.warn('upkeep of the database failed; it is tried again', { reason: reasonOf(error) })
    }
    const retention = options.retention ?? DEFAULT_RETENTION
    stops.push(
      repeat(
        clock,
        EXPIRE_HOLDS_MS,
        () => budgets.expireHolds(clock.now() - HOLD_GRACE_MS),
        failed,
      ),
      repeat(clock, RETENTION_MS, () => deleteOldRows(database, retention, clock.now()), failed),
    )
    // What an earlier process left on disk.
    void recorder.flush()
  }

  const retryLater = (delayMs: number): void => {
    cancelRetry = clock.setTimer(delayMs, () => {
      bringUp().then(
        () => {
          log.info('the database answers; keys, budgets and the ledger are served')
        },
        (error: unknown) => {
          problem = reasonOf(error)
          if (!closed) retryLater(Math.min(delayMs * 2, LONGEST_RETRY_MS))
        },
      )
    })
  }

  const close = async (): Promise<void> => {
    closed = true
    cancelRetry()
    for (const stop of stops) stop()
    await recorder.close()
    await places?.close()
    await shared.close()
    await database.close()
  }

  try {
    await bringUp()
  } catch (error) {
    if (error instanceof MigrationsPending || isPermanent(error)) {
      await close()
      throw error
    }
    problem = reasonOf(error)
    log.error(
      'the database cannot be reached: virtual keys, budgets and the ledger are not served until it answers; the master key is',
      { database: database.kind, reason: problem },
    )
    retryLater(FIRST_RETRY_MS)
  }

  return {
    database,
    keys: createKeyStore(database),
    budgets,
    limits: shared.limits,
    seats: createSeatStore(database),
    audit: createAuditLog(database),
    stops: createStopStore(database),
    endedSessions: createEndedSessions(database),
    idempotency: createIdempotencyStore(database),
    responses: createResponseStore(database),
    prompts: createPromptStore(database),
    changes: shared.changes,
    ledger: createLedger(database, () => recorder.flush()),
    recorder,
    tokens: shared.tokens,
    places,
    divided: shared.divided,
    sessions: shared.values && createSharedSessions(shared.values, clock),
    ready: () =>
      migrated
        ? Promise.resolve()
        : Promise.reject(
            new Error(`the database cannot be reached: ${problem ?? 'not tried yet'}`),
          ),
    status: () => ({
      database: database.kind,
      migrated,
      problem,
      redis: shared.state(),
      spooling: recorder.spooling,
      lost: recorder.lost,
    }),
    close,
  }
}

/** Where the store is when nothing says otherwise: SQLite in the data folder, or what `DATABASE_URL` names. */
export function storePlaces(
  dataFolder: string,
  databaseUrl: string | undefined,
): { readonly location: string; readonly spoolFolder: string } {
  return {
    location: databaseUrl === undefined ? join(dataFolder, 'jetway.db') : pathOf(databaseUrl),
    // Replicas may share a folder, and process numbers repeat between machines.
    spoolFolder: join(dataFolder, 'spool', hostname()),
  }
}

/** `file:` as others write paths; SQLite itself would read more into it. */
function pathOf(databaseUrl: string): string {
  if (!databaseUrl.startsWith('file:')) return databaseUrl
  return databaseUrl.startsWith('file://') ? fileURLToPath(databaseUrl) : databaseUrl.slice(5)
}

export class MigrationsPending extends Error {
  constructor(names: readonly string[]) {
    super(
      `the database is older than this version of Jetway (${names.join(', ')} to apply): run \`jetway db migrate\``,
    )
  }
}

/** One line when writing begins to fail and one when it works again, not one for every batch. */
function ledgerWatch(log: Log): Pick<RecorderOptions, 'onFailure' | 'onRecovered'> {
  let lastSaid = ''
  return {
    onFailure(error, rows) {
      const reason = reasonOf(error)
      if (reason === lastSaid) return
      lastSaid = reason
      log.warn('finished calls could not be written; they are kept on disk where there is room', {
        rows,
        reason,
      })
    },
    onRecovered() {
      lastSaid = ''
      log.info('finished calls are written again, those kept on disk too')
    },
  }
}
