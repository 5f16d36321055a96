import type { Selectable } from 'kysely'
import type { AttemptRecord, CallRecord } from '../../core/ledger.ts'
import type { CallTable } from '../schema.ts'

/** What `explain` shows beyond the columns. */
export interface CallDetail {
  readonly wireReason?: string | undefined
  readonly initiatorReason?: string | undefined
  readonly rewrites: CallRecord['rewrites']
  readonly degraded: CallRecord['degraded']
  readonly attempts: CallRecord['attempts']
  readonly error?: CallRecord['error']
}

/** As it stands in the column. */
interface Kept extends Pick<CallDetail, 'wireReason' | 'initiatorReason' | 'error'> {
  readonly rewrites?: CallDetail['rewrites'] | undefined
  readonly degraded?: CallDetail['degraded'] | undefined
  readonly attempts: readonly KeptAttempt[]
}
type KeptAttempt = { readonly [Name in keyof AttemptRecord]?: AttemptRecord[Name] | undefined } & {
  readonly startedMs: number
}

/**
 * As JSON, less what is empty and what a column says already: this is the longest part of a row, and rows cost by their bytes,
 * which are written to the disk twice. Most calls have one attempt, which went to the model and wire of the call.
 */
export function detailOf(record: CallRecord): string {
  return usualDetail(record) ?? JSON.stringify(keptOf(record))
}

/** Of a call that went as most do: `JSON.stringify` would be half of what making the row takes. */
function usualDetail(record: CallRecord): string | undefined {
  const { wireReason, initiator, attempts } = record
  const attempt = attempts[0]
  const isUsual =
    attempt !== undefined &&
    attempts.length === 1 &&
    attempt.number === 1 &&
    attempt.provider === record.provider &&
    attempt.model === record.model &&
    attempt.wire === record.wire &&
    attempt.status === record.status &&
    attempt.initiator === initiator?.value &&
    attempt.error === undefined &&
    attempt.next === undefined &&
    record.error === undefined &&
    record.rewrites.length === 0 &&
    record.degraded.length === 0 &&
    Number.isFinite(attempt.startedMs) &&
    Number.isFinite(attempt.durationMs)
  if (!isUsual || !isPlain(wireReason) || !isPlain(initiator?.reason)) return undefined
  const times = `"startedMs":${microseconds(attempt.startedMs)},"durationMs":${microseconds(attempt.durationMs)}`
  return `{"wireReason":"${wireReason}","initiatorReason":"${initiator?.reason}","attempts":[{${times}}]}`
}

/** Stands in JSON as it is. */
function isPlain(text: string | undefined): text is string {
  return text !== undefined && /^[ !#-[\]-~]*$/.test(text)
}

function keptOf(record: CallRecord): Kept {
  const { rewrites, degraded, attempts } = record
  return {
    wireReason: record.wireReason,
    initiatorReason: record.initiator?.reason,
    rewrites: rewrites.length > 0 ? rewrites : undefined,
    degraded: degraded.length > 0 ? degraded : undefined,
    attempts: attempts.map((attempt, index) => ({
      number: unless(attempt.number, index + 1),
      provider: unless(attempt.provider, record.provider),
      model: unless(attempt.model, record.model),
      wire: unless(attempt.wire, record.wire),
      startedMs: microseconds(attempt.startedMs),
      durationMs: microseconds(attempt.durationMs),
      status: unless(attempt.status, record.status),
      initiator: unless(attempt.initiator, record.initiator?.value),
      error: attempt.error,
      next: attempt.next,
    })),
    error: record.error,
  }
}

/** Whole again; rows of earlier versions have everything in them. */
export function detailFrom(row: Selectable<CallTable>): CallDetail {
  const kept = JSON.parse(row.detail) as Kept
  return {
    ...kept,
    rewrites: kept.rewrites ?? [],
    degraded: kept.degraded ?? [],
    attempts: kept.attempts.map((attempt, index) => ({
      number: attempt.number ?? index + 1,
      // What was left out was equal to the row's.
      provider: attempt.provider ?? (row.provider as AttemptRecord['provider']),
      model: attempt.model ?? (row.model as AttemptRecord['model']),
      wire: attempt.wire ?? (row.wire as AttemptRecord['wire']),
      startedMs: attempt.startedMs,
      durationMs: attempt.durationMs ?? 0,
      status: attempt.status ?? row.status,
      initiator: attempt.initiator ?? (row.initiator as AttemptRecord['initiator']),
      error: attempt.error,
      next: attempt.next,
    })),
  }
}

function unless<Value>(value: Value, same: unknown): Value | undefined {
  return value === same ? undefined : value
}

/** Milliseconds to three digits: the clock's other twelve are noise. */
function microseconds(timeMs: number): number {
  return Math.round(timeMs * 1000) / 1000
}
