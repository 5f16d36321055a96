import type { Insertable } from 'kysely'
import type { CallRecord } from '../../core/ledger.ts'
import type { CallTable } from '../schema.ts'
import { detailOf } from './detail.ts'

export type CallRow = Insertable<CallTable>

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

export function rowFromRecord(record: CallRecord): CallRow {
  const { caller, usage, cost, timing } = record
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
    detail: detailOf(record),
  }
}

/** `toISOString` takes five times as long. */
function dayOf(timeMs: number): string {
  const date = new Date(timeMs)
  return `${date.getUTCFullYear()}-${twoDigits(date.getUTCMonth() + 1)}-${twoDigits(date.getUTCDate())}`
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : `${number}`
}

/** PostgreSQL takes neither NUL nor half a surrogate pair, and a client may ask for any name: one must not hold up a batch. */
function storable(text: string): string {
  if (/^[ -~]*$/.test(text)) return text
  return text.replace(/[\p{Control}\p{Surrogate}]/gu, '\u{fffd}')
}
