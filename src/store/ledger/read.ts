import { sql, type Selectable } from 'kysely'
import type { Database } from '../database/open.ts'
import type { CallTable } from '../schema.ts'
import type { CallDetail } from './rows.ts'

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
  if (filter.from !== undefined) query = query.where('started_at', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('started_at', '<', filter.to)
  const after = cursor === undefined ? undefined : parseCursor(cursor)
  if (after) {
    query = query.where((where) =>
      where.or([
        where('started_at', '<', after.startedAt),
        where.and([where('started_at', '=', after.startedAt), where('id', '<', after.id)]),
      ]),
    )
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

/** By what a summary groups; each is a column of the daily sums. */
export type SummaryBy = 'day' | 'key_id' | 'user_id' | 'team_id' | 'model' | 'provider'

export interface SummaryRow {
  readonly group: Readonly<Partial<Record<SummaryBy, string>>>
  readonly calls: number
  readonly failed: number
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  /** Sums of money outgrow what a JavaScript number holds exactly. */
  readonly nanoCredits: bigint
  readonly savedNanoCredits: bigint
}

export interface SummaryFilter {
  /** UTC days, both included: `2026-11-01`. */
  readonly fromDay?: string | undefined
  readonly toDay?: string | undefined
  readonly keyId?: string | undefined
  readonly userId?: string | undefined
  readonly teamId?: string | undefined
}

/** Sums over days, from the daily table: its size follows days × keys × models, not calls. */
export async function summarize(
  database: Database,
  by: readonly SummaryBy[],
  filter: SummaryFilter,
): Promise<readonly SummaryRow[]> {
  let query = database.query
    .selectFrom('daily')
    .select([
      sum('calls'),
      sum('failed'),
      sum('input_tokens'),
      sum('cached_tokens'),
      sum('cache_write_tokens'),
      sum('output_tokens'),
      sum('reasoning_tokens'),
      sum('nano_credits'),
      sum('saved_nano_credits'),
    ])
  if (by.length > 0) query = query.select([...by]).groupBy([...by])
  if (filter.fromDay !== undefined) query = query.where('day', '>=', filter.fromDay)
  if (filter.toDay !== undefined) query = query.where('day', '<=', filter.toDay)
  if (filter.keyId !== undefined) query = query.where('key_id', '=', filter.keyId)
  if (filter.userId !== undefined) query = query.where('user_id', '=', filter.userId)
  if (filter.teamId !== undefined) query = query.where('team_id', '=', filter.teamId)
  for (const column of by) query = query.orderBy(column)
  const rows = await query.execute()
  return rows
    .filter((row) => row.calls !== null)
    .map((row) => ({
      group: Object.fromEntries(
        by.map((column) => [column, (row as Partial<Record<SummaryBy, string>>)[column]]),
      ),
      calls: Number(row.calls),
      failed: Number(row.failed),
      inputTokens: Number(row.input_tokens),
      cachedTokens: Number(row.cached_tokens),
      cacheWriteTokens: Number(row.cache_write_tokens),
      outputTokens: Number(row.output_tokens),
      reasoningTokens: Number(row.reasoning_tokens),
      nanoCredits: BigInt(row.nano_credits),
      savedNanoCredits: BigInt(row.saved_nano_credits),
    }))
}

/** As text: both databases sum exactly, and text is the one form in which both give it back exactly. */
function sum<Name extends string>(column: Name) {
  return sql<string>`cast(sum(${sql.ref(column)}) as text)`.as(column)
}

function storedCall(row: Selectable<CallTable>): StoredCall {
  return { ...row, detail: JSON.parse(row.detail) as CallDetail }
}

function parseCursor(cursor: string): { startedAt: number; id: string } | undefined {
  const match = /^(\d+)\.(.+)$/s.exec(cursor)
  return match ? { startedAt: Number(match[1]), id: match[2] ?? '' } : undefined
}
