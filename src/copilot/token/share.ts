import type { JsonObject } from '../../core/json.ts'

/**
 * Exchanged tokens as several processes share them: files between those of one user, a store between replicas.
 * All of it is a saving, none of it a need: an implementation that cannot reach its store behaves as if it were empty.
 */
export interface TokenShare {
  /** The newest token anyone put there; it may be too old to use. */
  read(key: string): Promise<SharedToken | undefined>
  write(key: string, token: SharedToken): Promise<void>
  /** Runs `work` while nobody else holds `key`; after a bounded wait it runs anyway. */
  exclusively<T>(key: string, work: () => Promise<T>): Promise<T>
}

export interface SharedToken {
  /** The exchange's answer as it came. */
  readonly raw: JsonObject
  /** When it was received, by the clock of whoever did. Milliseconds since 1970. */
  readonly receivedMs: number
}

/** For a token that nobody else may know of: another tool's, or one of the environment. */
export const noShare: TokenShare = {
  read: () => Promise.resolve(undefined),
  write: () => Promise.resolve(),
  exclusively: (_key, work) => work(),
}
