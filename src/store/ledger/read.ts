import { sql, type Selectable } from 'kysely'
import type { Database } from '../database/open.ts'
import type { CallTable } from '../schema.ts'
import { detailFrom, type CallDetail } from './detail.ts'

export interface CallFilter {
  readonly keyId?: string | undefined
  readonly userId?: string | undefined
  readonly teamId?: string | undefined
  readonly model?: string | undefined
  readonly outcome?: string | undefined
  /** Milliseconds since 1970; `from` counts, `to` does not. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

export type StoredCall = Omit<Selectable<CallTable>, 'detail'> & { readonly detail: CallDetail }

export interface Page<Row> {
  readonly rows: readonly Row[]
  /** Give it back for the rows after these; absent at the end. */
  readonly next?: string | undefined
}

/** The newest call with this request id, which a caller may send many times; or the one with this id of ours. */
export async function findCall(database: Database, id: string): Promise<StoredCall | undefined> {
  const calls = database.query.selectFrom('calls').selectAll()
  const row =
    (await calls
      .where('request_id', '=', id)
      .orderBy('started_at', 'desc')
      .limit(1)
      .executeTakeFirst()) ?? (await calls.where('id', '=', id).executeTakeFirst())
  return row && storedCall(row)
}

/** The newest first. Pages follow `started_at` and id, so that calls which finish meanwhile neither repeat nor vanish. */
export async function listCalls(
  database: Database,
  filter: CallFilter,
  limit: number,
  cursor?: string,
): Promise<Page<StoredCall>> {
  let query = database.query.selectFrom('calls').selectAll()
  if (filter.keyId !== undefined) query = query.where('key_id', '=', filter.keyId)
  if (filter.userId !== undefined) query = query.where('user_id', '=', filter.userId)
  if (filter.teamId !== undefined) query = query.where('team_id', '=', filter.teamId)
  if (filter.model !== undefined) query = query.where('model', '=', filter.model)
  if (filter.outcome !== undefined) query = query.where('outcome', '=', filter.outcome)
  // Said in so many words, this lets the index of what went wrong be used.
  if (filter.outcome !== undefined && filter.outcome !== 'ok') {
    query = query.where(sql<boolean>`outcome <> 'ok'`)
  }
  if (filter.from !== undefined) query = query.where('started_at', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('started_at', '<', filter.to)
  const after = cursor === undefined ? undefined : parseCursor(cursor)
  if (after) {
    // As one comparison, which both databases answer from an index.
    query = query.where(sql<boolean>`(started_at, id) < (${after.startedAt}, ${after.id})`)
  }
  const rows = await query
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    rows: page.map(storedCall),
    next: rows.length > limit && last ? `${last.started_at}.${last.id}` : undefined,
  }
}

function storedCall(row: Selectable<CallTable>): StoredCall {
  return { ...row, detail: detailFrom(row) }
}

function parseCursor(cursor: string): { startedAt: number; id: string } | undefined {
  const match = /^(\d+)\.(.+)$/s.exec(cursor)
  return match ? { startedAt: Number(match[1]), id: match[2] ?? '' } : undefined
}
