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

/** In the order in which rows are written. */
export const CALL_COLUMNS = [
  'id',
  'request_id',
  'started_at',
  'day',
  'key_id',
  'key_alias',
  'user_id',
  'team_id',
  'seat',
  'operation',
  'dialect',
  'model_asked',
  'provider',
  'model',
  'wire',
  'mode',
  'stream',
  'initiator',
  'outcome',
  'status',
  'error',
  'input_tokens',
  'cached_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'nano_credits',
  'cost_source',
  'saved_nano_credits',
  'attempts',
  'first_byte_ms',
  'total_ms',
  'overhead_ms',
  'queued_ms',
  'detail',
] as const satisfies readonly (keyof CallTable)[]

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
    model_asked: storable(record.modelAsked),
    provider: record.provider ?? null,
    model: record.model === undefined ? null : storable(record.model),
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

/** PostgreSQL takes neither NUL nor half a surrogate pair, and a client may ask for any name: one must not hold up a batch. */
function storable(text: string): string {
  return text.replace(/[\p{Control}\p{Surrogate}]/gu, '\u{fffd}')
}

/** The day's sums that these calls add to, one row for each combination. */
export function dailyFromRows(rows: readonly CallRow[]): readonly DailyRow[] {
  const sums = new Sums<DailyRow>()
  for (const row of rows) {
    const { day, model, provider, outcome } = row
    const keyId = row.key_id ?? ''
    const userId = row.user_id ?? ''
    const teamId = row.team_id ?? ''
    const name = [day, keyId, userId, teamId, model, provider].join(SEPARATOR)
    const sum =
      sums.get(name) ??
      sums.start(name, {
        day,
        key_id: keyId,
        user_id: userId,
        team_id: teamId,
        model: model ?? '',
        provider: provider ?? '',
        ...nothing(),
      })
    add(sum, row)
    sum.calls += 1
    if (outcome !== 'ok') sum.failed += 1
  }
  return sums.rows
}

/** The same by one thing alone, for the day and for its month. */
export function sumsFromDaily(rows: readonly DailyRow[]): readonly SumRow[] {
  const sums = new Sums<SumRow>()
  const addTo = (kind: SumKind, span: SumRow['span'], start: string, id: string, row: DailyRow) => {
    const name = [kind, span, start, id].join(SEPARATOR)
    const sum = sums.get(name) ?? sums.start(name, { kind, span, start, id, ...nothing() })
    add(sum, row)
    sum.calls += row.calls
    sum.failed += row.failed
  }
  for (const row of rows) {
    const ids: readonly (readonly [SumKind, string])[] = [
      ['all', ''],
      ['key', row.key_id],
      ['user', row.user_id],
      ['team', row.team_id],
      ['model', row.model],
      ['provider', row.provider],
    ]
    for (const [kind, id] of ids) {
      addTo(kind, 'day', row.day, id, row)
      addTo(kind, 'month', row.day.slice(0, 7), id, row)
    }
  }
  return sums.rows
}

const SEPARATOR = '\u0000'

class Sums<Row extends Measures> {
  readonly #byName = new Map<string, Row>()

  get(name: string): Row | undefined {
    return this.#byName.get(name)
  }

  start(name: string, row: Row): Row {
    this.#byName.set(name, row)
    return row
  }

  get rows(): readonly Row[] {
    return [...this.#byName.values()]
  }
}

type Counted = Omit<Measures, 'calls' | 'failed'>

function nothing(): Measures {
  return Object.fromEntries(MEASURES.map((name) => [name, 0])) as unknown as Measures
}

/** In place: this is done for every call there is. */
function add(sum: Counted, more: Counted): void {
  sum.input_tokens += more.input_tokens
  sum.cached_tokens += more.cached_tokens
  sum.cache_write_tokens += more.cache_write_tokens
  sum.output_tokens += more.output_tokens
  sum.reasoning_tokens += more.reasoning_tokens
  sum.nano_credits += more.nano_credits
  sum.saved_nano_credits += more.saved_nano_credits
}
