import type { Clock } from '../../core/clock.ts'
import type { Grant } from './key.ts'
import type { KeyStore } from './key-store.ts'

/** Grants of keys in use. */
export interface GrantCache {
  /** At once when it is known and fresh; rejects when the store is away and nothing usable is known. */
  find(hash: string): Grant | undefined | Promise<Grant | undefined>
  /** Forgets everything: a key, user or team was changed here or elsewhere. */
  clear(): void
}

export interface GrantCacheOptions {
  readonly store: KeyStore
  readonly clock: Clock
  /**
   * Whether a grant may serve from memory. One that refuses is better read again each time: who was refused mends that on one
   * gateway, and comes back to another before the word of it does. @default every grant may
   */
  readonly serves?: ((grant: Grant) => boolean) | undefined
  /** How old a grant may be: within this a revoked key stops working everywhere. @default 1000 */
  readonly freshMs?: number | undefined
  /** How long a known key still works while the store is away. @default 300000 */
  readonly usableMs?: number | undefined
  /** A store that does not answer within this is away. @default 2000 */
  readonly patienceMs?: number | undefined
  /** Most keys remembered; unknown ones count too, so that a flood of wrong keys does not reach the store. @default 10000 */
  readonly maxEntries?: number | undefined
}

interface Entry {
  readonly grant: Grant | undefined
  readonly readAt: number
}

/** From this part of its time on, a grant in use is read again while it still serves: no call waits for that. */
const READ_AHEAD = 0.75

export function createGrantCache(options: GrantCacheOptions): GrantCache {
  const { store, clock, serves = () => true } = options
  const freshMs = options.freshMs ?? 1000
  const usableMs = options.usableMs ?? 300_000
  const patienceMs = options.patienceMs ?? 2000
  const maxEntries = options.maxEntries ?? 10_000
  const entries = new Map<string, Entry>()
  const reading = new Map<string, Promise<Grant | undefined>>()
  let epoch = 0

  const read = async (hash: string): Promise<Grant | undefined> => {
    const started = epoch
    const readAt = clock.monotonic()
    try {
      const grant = await withinTime(clock, patienceMs, store.findGrant(hash, clock.now()))
      // What was read before a change must not outlive it.
      if (started === epoch) remember(hash, { grant, readAt })
      return grant
    } catch (error) {
      const known = entries.get(hash)
      if (known?.grant && readAt - known.readAt < usableMs) return known.grant
      throw error
    }
  }

  const remember = (hash: string, entry: Entry): void => {
    entries.delete(hash)
    entries.set(hash, entry)
    if (entries.size <= maxEntries) return
    const [oldest] = entries.keys()
    if (oldest !== undefined) entries.delete(oldest)
  }

  /** One at a time for each key. */
  const readOnce = (hash: string): Promise<Grant | undefined> => {
    const pending = reading.get(hash)
    if (pending) return pending
    const begun = read(hash)
    reading.set(hash, begun)
    const over = (): void => {
      if (reading.get(hash) === begun) reading.delete(hash)
    }
    begun.then(over, over)
    return begun
  }

  return {
    find(hash) {
      const known = entries.get(hash)
      const age = known === undefined ? Infinity : clock.monotonic() - known.readAt
      if (known === undefined || age >= freshMs) return readOnce(hash)
      if (known.grant && !serves(known.grant)) return readOnce(hash)
      // Wrong keys are in no hurry. Where the store is away, whoever comes when the grant is old will hear of it.
      if (known.grant && age >= freshMs * READ_AHEAD) readOnce(hash).catch(() => {})
      return known.grant
    },
    clear() {
      epoch++
      entries.clear()
      // Whoever asks from now on waits for no answer that was on its way before.
      reading.clear()
    },
  }
}

function withinTime<Answer>(
  clock: Clock,
  patienceMs: number,
  asked: Promise<Answer>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const cancel = clock.setTimer(patienceMs, () => {
      reject(new Error(`the store did not answer within ${patienceMs} ms`))
    })
    asked.then(resolve, reject).finally(cancel)
  })
}
