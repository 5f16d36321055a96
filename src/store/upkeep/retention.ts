import { sql, type RawBuilder } from 'kysely'
import type { Database } from '../database/open.ts'
import { DAILY_KEY, SUM_KINDS, SUMS_KEY } from '../ledger/sums.ts'
import type { Schema } from '../schema.ts'

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

/**
 * One statement's share, and what everything else then has for itself. SQLite works in this thread: half a millisecond at a time, and
 * a tenth of all time at most. PostgreSQL's writers shall never wait long for it.
 */
const SHARES = {
  sqlite: { rows: 50, pauseMs: 5 },
  postgres: { rows: 5_000, pauseMs: 0 },
} as const
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
    const daily = sql`day < ${before} ORDER BY day`
    deleted += await deleteInShares(database, 'daily', DAILY_KEY, daily)
    // Each kind by itself: the key of the table begins with it.
    for (const kind of SUM_KINDS) {
      const days = sql`kind = ${kind} AND span = 'day' AND start < ${before}`
      deleted += await deleteInShares(database, 'sums', SUMS_KEY, days)
    }
  }
  return deleted
}

function inShares(
  database: Database,
  table: 'calls' | 'audit' | 'idempotency' | 'responses' | 'ended_sessions' | 'prompts',
  column: 'started_at' | 'at' | 'created_at' | 'expires_at',
  before: number,
): Promise<number> {
  const old = sql`${sql.ref(column)} < ${before} ORDER BY ${sql.ref(column)}`
  return deleteInShares(database, table, ['id'], old)
}

async function deleteInShares(
  { query, kind }: Database,
  table: keyof Schema,
  key: readonly string[],
  old: RawBuilder<unknown>,
): Promise<number> {
  const { rows, pauseMs } = SHARES[kind]
  const names = sql.join(key.map((name) => sql.ref(name)))
  let deleted = 0
  for (;;) {
    const { numAffectedRows } = await sql`
      DELETE FROM ${sql.table(table)} WHERE (${names}) IN (
        SELECT ${names} FROM ${sql.table(table)} WHERE ${old} LIMIT ${rows}
      )`.execute(query)
    const share = Number(numAffectedRows ?? 0)
    deleted += share
    if (share < rows) return deleted
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
