import type { Insertable } from 'kysely'
import type { CallRecord } from '../../core/ledger.ts'
import type { CallTable, DailyTable } from '../schema.ts'

export type CallRow = Insertable<CallTable>
export type DailyRow = Insertable<DailyTable>

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
  const sums = new Map<string, DailyRow>()
  for (const row of rows) {
    const names = {
      day: row.day,
      key_id: row.key_id ?? '',
      user_id: row.user_id ?? '',
      team_id: row.team_id ?? '',
      model: row.model ?? '',
      provider: row.provider ?? '',
    }
    const key = JSON.stringify(names)
    const before = sums.get(key)
    sums.set(key, {
      ...names,
      calls: (before?.calls ?? 0) + 1,
      failed: (before?.failed ?? 0) + (row.outcome === 'ok' ? 0 : 1),
      input_tokens: (before?.input_tokens ?? 0) + row.input_tokens,
      cached_tokens: (before?.cached_tokens ?? 0) + row.cached_tokens,
      cache_write_tokens: (before?.cache_write_tokens ?? 0) + row.cache_write_tokens,
      output_tokens: (before?.output_tokens ?? 0) + row.output_tokens,
      reasoning_tokens: (before?.reasoning_tokens ?? 0) + row.reasoning_tokens,
      nano_credits: (before?.nano_credits ?? 0) + row.nano_credits,
      saved_nano_credits: (before?.saved_nano_credits ?? 0) + row.saved_nano_credits,
    })
  }
  return [...sums.values()]
}
