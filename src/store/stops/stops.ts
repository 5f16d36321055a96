import { STOP_REASONS, type StopStore } from '../../policy/anomaly/stop.ts'
import type { Database } from '../database/open.ts'

export function createStopStore({ query }: Database): StopStore {
  return {
    async list() {
      const rows = await query.selectFrom('stops').selectAll().orderBy('scope').execute()
      return rows.map(({ scope, seat, reason, detail, at }) => ({
        scope,
        seat,
        // A later version's reason stops all the same.
        reason: STOP_REASONS.find((known) => known === reason) ?? 'spend',
        detail,
        atMs: at,
      }))
    },
    async put({ scope, seat, reason, detail, atMs }) {
      await query
        .insertInto('stops')
        .values({ scope, seat, reason, detail, at: atMs })
        .onConflict((conflict) => conflict.column('scope').doNothing())
        .execute()
    },
    async delete(scope) {
      const gone = await query
        .deleteFrom('stops')
        .where('scope', '=', scope)
        .returning('scope')
        .execute()
      return gone.length > 0
    },
  }
}
