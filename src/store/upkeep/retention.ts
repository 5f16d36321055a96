import { sql } from 'kysely'
import type { Database } from '../database/open.ts'

/** How long rows stay; `undefined` keeps them for ever. Prompts, where they are kept at all, say themselves when they go. */
export interface Retention {
  /** Single calls. The sums of each day stay. @default 90 days */
  readonly callsMs?: number | undefined
  /** The sums of each day; those of months stay. @default for ever */
  readonly dailyMs?: number | undefined
  /** @default 400 days */
  readonly auditMs?: number | undefined
}

const DAY_MS = 86_400_000
export const DEFAULT_RETENTION: Retention = { callsMs: 90 * DAY_MS, auditMs: 400 * DAY_MS }

/** One statement's share: short enough that writers never wait long for it. */
const ROWS_PER_DELETE = 5_000
/** Repeated writes are recognised for a day. */
const IDEMPOTENCY_MS = DAY_MS

/** Deletes what is older than the settings keep. Safe to run anywhere, at any time, in several places. Returns how many rows went. */
export async function deleteOldRows(
  database: Database,
  retention: Retention,
  nowMs: number,
): Promise<number> {
  const { callsMs, dailyMs, auditMs } = retention
  let deleted = 0
  if (callsMs !== undefined)
    deleted += await inShares(database, 'calls', 'started_at', nowMs - callsMs)
  if (auditMs !== undefined) deleted += await inShares(database, 'audit', 'at', nowMs - auditMs)
  deleted += await inShares(database, 'idempotency', 'created_at', nowMs - IDEMPOTENCY_MS)
  deleted += await inShares(database, 'responses', 'expires_at', nowMs)
  deleted += await inShares(database, 'ended_sessions', 'expires_at', nowMs)
  deleted += await inShares(database, 'prompts', 'expires_at', nowMs)
  if (dailyMs !== undefined) {
    const before = new Date(nowMs - dailyMs).toISOString().slice(0, 10)
    const { numDeletedRows } = await database.query
      .deleteFrom('daily')
      .where('day', '<', before)
      .executeTakeFirstOrThrow()
    const days = await database.query
      .deleteFrom('sums')
      .where('span', '=', 'day')
      .where('start', '<', before)
      .executeTakeFirstOrThrow()
    deleted += Number(numDeletedRows) + Number(days.numDeletedRows)
  }
  return deleted
}

async function inShares(
  { query }: Database,
  table: 'calls' | 'audit' | 'idempotency' | 'responses' | 'ended_sessions' | 'prompts',
  column: 'started_at' | 'at' | 'created_at' | 'expires_at',
  before: number,
): Promise<number> {
  let deleted = 0
  for (;;) {
    const { numAffectedRows } = await sql`
      DELETE FROM ${sql.table(table)} WHERE id IN (
        SELECT id FROM ${sql.table(table)} WHERE ${sql.ref(column)} < ${before}
        ORDER BY ${sql.ref(column)} LIMIT ${ROWS_PER_DELETE}
      )`.execute(query)
    deleted += Number(numAffectedRows ?? 0)
    if (Number(numAffectedRows ?? 0) < ROWS_PER_DELETE) return deleted
  }
}
