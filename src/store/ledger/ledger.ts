import { sql } from 'kysely'
import type { SpendReader } from '../../policy/admin/spend-reader.ts'
import type { Database } from '../database/open.ts'
import { findCall, listCalls, type CallFilter, type Page, type StoredCall } from './read.ts'
import { summarize, type SummaryBy, type SummaryFilter, type SummaryRow } from './summarize.ts'

/** The ledger as it is read: one call, many calls, sums. */
export interface Ledger extends SpendReader {
  /** The newest call with this request id, or the call with this id of ours. */
  find(id: string): Promise<StoredCall | undefined>
  list(filter: CallFilter, limit: number, cursor?: string): Promise<Page<StoredCall>>
  summarize(by: readonly SummaryBy[], filter: SummaryFilter): Promise<readonly SummaryRow[]>
}

/** `flush` writes what has finished but is not in the database yet, so that a call can be looked up as soon as it is over. */
export function createLedger(
  database: Database,
  flush: () => Promise<void> = () => Promise.resolve(),
): Ledger {
  return {
    async find(id) {
      await flush()
      return findCall(database, id)
    },
    async list(filter, limit, cursor) {
      if (cursor === undefined) await flush()
      return listCalls(database, filter, limit, cursor)
    },
    async summarize(by, filter) {
      await flush()
      return summarize(database, by, filter)
    },
    async spentBy(kind, ids) {
      if (ids.length === 0) return new Map()
      const rows = await database.query
        .selectFrom('sums')
        .select(['id', sql<string>`cast(sum(nano_credits) as text)`.as('spent')])
        .where('kind', '=', kind)
        .where('span', '=', 'month')
        .where('id', 'in', [...ids])
        .groupBy('id')
        .execute()
      return new Map(rows.map((row) => [row.id, Number(row.spent)]))
    },
  }
}
