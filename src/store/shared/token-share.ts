import { randomUUID } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { wait } from '../../core/clock.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Seal } from '../../policy/seats/seal.ts'
import type { SharedValues } from './values.ts'

/** A lease is longer than an exchange takes, and short enough that a replica which dies in one does not hold the others up. */
const LEASE_MS = 15_000
const LONGEST_WAIT_MS = 20_000
const POLL_MS = 50
/** Exchanged tokens live about half an hour; what is older than this helps nobody. */
const KEEP_MS = 3_600_000

/**
 * One token exchange per seat over all processes: the newest exchanged token stands in Redis, or with the process that
 * started the workers, sealed, and whoever renews it holds a lease meanwhile. While that is away each exchanges for itself:
 * slower, never wrong.
 */
export function createTokenShare(values: SharedValues, seal: Seal, clock: Clock) {
  const nameOf = (key: string): string => `{jetway}:token:${key}`

  return {
    async read(
      key: string,
    ): Promise<{ readonly raw: JsonObject; readonly receivedMs: number } | undefined> {
      try {
        const text = await values.get(nameOf(key))
        if (text === undefined) return undefined
        const dot = text.indexOf('.')
        const opened = seal.open(
          { keyId: text.slice(0, dot), box: text.slice(dot + 1) },
          nameOf(key),
        )
        return JSON.parse(opened) as { raw: JsonObject; receivedMs: number }
      } catch {
        return undefined
      }
    },

    async write(
      key: string,
      token: { readonly raw: JsonObject; readonly receivedMs: number },
    ): Promise<void> {
      const { keyId, box } = seal.seal(JSON.stringify(token), nameOf(key))
      try {
        await values.set(nameOf(key), `${keyId}.${box}`, KEEP_MS)
      } catch {
        // The others will exchange for themselves.
      }
    },

    async exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
      const lease = `${nameOf(key)}:lease`
      const holder = randomUUID()
      const giveUpAt = clock.monotonic() + LONGEST_WAIT_MS
      while (clock.monotonic() < giveUpAt) {
        // Nowhere to take a lease, no lease.
        const taken = await values.claim(lease, holder, LEASE_MS).catch(() => true)
        if (taken) break
        await wait(clock, POLL_MS)
      }
      try {
        return await work()
      } finally {
        await values.drop(lease, holder).catch(() => undefined)
      }
    },
  }
}
