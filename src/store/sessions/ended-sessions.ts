import type { Database } from '../database/open.ts'

/** Sessions that somebody ended, remembered until they would have ended by themselves. */
export interface EndedSessions {
  end(id: string, expiresAtMs: number): Promise<void>
  /** Those that would still be good. */
  list(nowMs: number): Promise<readonly EndedSession[]>
}

export interface EndedSession {
  readonly id: string
  readonly expiresAtMs: number
}

export function createEndedSessions({ query }: Database): EndedSessions {
  return {
    async end(id, expiresAtMs) {
      await query
        .insertInto('ended_sessions')
        .values({ id, expires_at: expiresAtMs })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
    },
    async list(nowMs) {
      const rows = await query
        .selectFrom('ended_sessions')
        .selectAll()
        .where('expires_at', '>', nowMs)
        .execute()
      return rows.map(({ id, expires_at }) => ({ id, expiresAtMs: expires_at }))
    },
  }
}
