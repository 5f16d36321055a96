import type { Log, LogFields } from '../core/log.ts'
import type { CallRecord, Observer } from '../core/ledger.ts'
import { creditsFromNano } from '../core/usage.ts'
import { parseTraceparent } from './trace-context.ts'

/**
 * One line per call. Made of numbers, ids and names that the catalogue knows: prompts, answers, headers and keys are not in
 * a `CallRecord`, so nothing has to be taken out of it.
 */
export function createAccessLog(
  log: Log,
  traceIdOf: (record: CallRecord) => string | undefined = callersTrace,
): Observer {
  return {
    finished(record) {
      const level = record.outcome === 'failed' && record.status >= 500 ? 'warn' : 'info'
      const fields = fieldsOf(record, traceIdOf(record))
      if (log.line) log.line(level, 'call', membersOf(fields))
      else log[level]('call', fields)
    },
  }
}

/** Without tracing of our own, a line can still be found by the caller's trace. */
function callersTrace({ trace }: CallRecord): string | undefined {
  return trace && parseTraceparent(trace.traceparent)?.traceId
}

function fieldsOf(record: CallRecord, traceId: string | undefined): LogFields {
  const { usage, cost, timing, caller } = record
  return {
    id: record.id,
    trace: traceId,
    dialect: record.dialect,
    model: record.model,
    provider: record.provider,
    wire: record.wire,
    mode: record.mode,
    stream: record.stream,
    caller: caller.kind,
    key: caller.keyId,
    user: caller.userId,
    team: caller.teamId,
    initiator: record.initiator?.value,
    outcome: record.outcome,
    status: record.status,
    error: record.error?.name,
    code: record.error?.code,
    attempts: record.attempts.length,
    ms: rounded(timing.totalMs),
    firstByteMs: timing.firstByteMs === undefined ? undefined : rounded(timing.firstByteMs),
    overheadMs: rounded(timing.overheadMs),
    queuedMs: timing.queuedMs > 0 ? rounded(timing.queuedMs) : undefined,
    inputTokens: usage?.inputTokens,
    cachedTokens: usage?.cachedInputTokens,
    outputTokens: usage?.outputTokens,
    credits: cost === undefined ? undefined : creditsFromNano(cost.nanoCredits),
  }
}

function membersOf(fields: LogFields): string {
  return `${JSON.stringify(fields).slice(1, -1)},`
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
