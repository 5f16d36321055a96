import type { IdempotencyStore } from '../../policy/admin/idempotency.ts'
import type { Database } from '../database/open.ts'

/** Whoever began a write and did not finish it within this time died in it. */
const ABANDONED_MS = 60_000

export function createIdempotencyStore({ query }: Database): IdempotencyStore {
  return {
    async begin(id, fingerprint, nowMs) {
      await query
        .deleteFrom('idempotency')
        .where('id', '=', id)
        .where('answer', 'is', null)
        .where('created_at', '<', nowMs - ABANDONED_MS)
        .execute()
      const begun = await query
        .insertInto('idempotency')
        .values({ id, fingerprint, answer: null, created_at: nowMs })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .returning('id')
        .executeTakeFirst()
      if (begun) return 'begun'
      const row = await query
        .selectFrom('idempotency')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
      // Between the two it may have failed and been forgotten: then it is for the client to send it again.
      return { fingerprint: row?.fingerprint ?? fingerprint, answer: row?.answer ?? undefined }
    },
    async finish(id, answer) {
      await query.updateTable('idempotency').set({ answer }).where('id', '=', id).execute()
    },
    async forget(id) {
      await query.deleteFrom('idempotency').where('id', '=', id).execute()
    },
  }
}
