import type { Insertable } from 'kysely'
import type { CallRecord } from '../../core/ledger.ts'
import type { CallTable, DailyTable, Measures, SumKind, SumTable } from '../schema.ts'

export type CallRow = Insertable<CallTable>
export type DailyRow = DailyTable
export type SumRow = SumTable

export const MEASURES = [
  'calls',
  'failed',
  'input_tokens',
  'cached_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'nano_credits',
  'saved_nano_credits',
] as const satisfies readonly (keyof Measures)[]

/** What `explain` shows beyond the columns. */
export interface CallDetail {
  readonly wireReason?: string | undefined
  readonly initiatorReason?: string | undefined
  readonly rewrites: CallRecord['rewrites']
  readonly degraded: CallRecord['degraded']
  readonly attempts: CallRecord['attempts']
  readonly error?: CallRecord['error']
}

export function rowFromRecord(record: CallRecord): CallRow {
  const { caller, usage, cost, timing } = record
  const detail: CallDetail = {
    wireReason: record.wireReason,
    initiatorReason: record.initiator?.reason,
    rewrites: record.rewrites,
    degraded: record.degraded,
    attempts: record.attempts,
    error: record.error,
  }
  return {
    id: record.uid,
    request_id: record.id,
    started_at: Math.round(record.startedAt),
    day: dayOf(record.startedAt),
    key_id: caller.keyId ?? null,
    key_alias: caller.keyAlias ?? null,
    user_id: caller.userId ?? null,
    team_id: caller.teamId ?? null,
    seat: caller.seat,
    operation: record.operation,
    dialect: record.dialect,
    model_asked: record.modelAsked,
    provider: record.provider ?? null,
    model: record.model ?? null,
    wire: record.wire ?? null,
    mode: record.mode ?? null,
    stream: record.stream ? 1 : 0,
    initiator: record.initiator?.value ?? null,
    outcome: record.outcome,
    status: record.status,
    error: record.error?.name ?? null,
    input_tokens: usage?.inputTokens ?? 0,
    cached_tokens: usage?.cachedInputTokens ?? 0,
    cache_write_tokens: usage?.cacheWriteTokens ?? 0,
    output_tokens: usage?.outputTokens ?? 0,
    reasoning_tokens: usage?.reasoningTokens ?? 0,
    nano_credits: cost?.nanoCredits ?? 0,
    cost_source: cost?.source ?? null,
    saved_nano_credits: cost?.savedNanoCredits ?? 0,
    attempts: record.attempts.length,
    first_byte_ms: timing.firstByteMs === undefined ? null : Math.round(timing.firstByteMs),
    total_ms: Math.round(timing.totalMs),
    overhead_ms: timing.overheadMs,
    queued_ms: Math.round(timing.queuedMs),
    detail: JSON.stringify(detail),
  }
}

export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

/** The day's sums that these calls add to, one row for each combination. */
export function dailyFromRows(rows: readonly CallRow[]): readonly DailyRow[] {
  return addUp(rows, (row) => ({
    row: {
      day: row.day,
      key_id: row.key_id ?? '',
      user_id: row.user_id ?? '',
      team_id: row.team_id ?? '',
      model: row.model ?? '',
      provider: row.provider ?? '',
    },
    measures: { ...row, calls: 1, failed: row.outcome === 'ok' ? 0 : 1 },
  }))
}

/** The same by one thing alone, for the day and for its month. */
export function sumsFromDaily(rows: readonly DailyRow[]): readonly SumRow[] {
  const parts = rows.flatMap((row): SumPart[] => {
    const ids: readonly (readonly [SumKind, string])[] = [
      ['all', ''],
      ['key', row.key_id],
      ['user', row.user_id],
      ['team', row.team_id],
      ['model', row.model],
      ['provider', row.provider],
    ]
    return ids.flatMap(([kind, id]): SumPart[] => [
      { row: { kind, span: 'day', start: row.day, id }, measures: row },
      { row: { kind, span: 'month', start: row.day.slice(0, 7), id }, measures: row },
    ])
  })
  return addUp(parts, (part) => part)
}

interface SumPart {
  readonly row: Omit<SumTable, keyof Measures>
  readonly measures: Measures
}

function addUp<Item, Names extends object>(
  items: readonly Item[],
  partOf: (item: Item) => { readonly row: Names; readonly measures: Measures },
): (Names & Measures)[] {
  const sums = new Map<string, Names & Measures>()
  for (const item of items) {
    const { row, measures } = partOf(item)
    const key = Object.values(row).join('\u0000')
    const before = sums.get(key)
    const added = {} as Measures
    for (const name of MEASURES) added[name] = (before?.[name] ?? 0) + measures[name]
    sums.set(key, { ...row, ...added })
  }
  return [...sums.values()]
}
