import type { PromptStore } from '../../policy/prompts/prompt-store.ts'
import type { Database } from '../database/open.ts'

/** Prompts and answers of calls, sealed, in the table of that name. What is over its time is never given out, and deleted hourly. */
export function createPromptStore({ query }: Database): PromptStore {
  return {
    async save(rows) {
      if (rows.length === 0) return
      await query
        .insertInto('prompts')
        .values(
          rows.map(({ callId, expiresAtMs, keyId, box }) => ({
            id: callId,
            expires_at: expiresAtMs,
            seal_key: keyId,
            box,
          })),
        )
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
    },
    async find(callId, nowMs) {
      const row = await query
        .selectFrom('prompts')
        .selectAll()
        .where('id', '=', callId)
        .where('expires_at', '>', nowMs)
        .executeTakeFirst()
      return (
        row && { callId: row.id, expiresAtMs: row.expires_at, keyId: row.seal_key, box: row.box }
      )
    },
  }
}
