import type { Call } from '../../core/call.ts'
import type { Dialect } from '../../core/dialect.ts'
import { errorName } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { AttemptRecord, CallRecord, Outcome } from '../../core/ledger.ts'
import type { Model } from '../../core/model.ts'
import type { Plan } from '../../core/plan.ts'
import type { Usage } from '../../core/usage.ts'
import { costOf } from './cost.ts'
import type { Stopwatch } from './stopwatch.ts'
import { withoutEcho } from './without-echo.ts'

export interface RecordInput {
  readonly uid: string
  readonly call: Call
  readonly dialect: Dialect
  readonly startedAt: number
  readonly provider: string | undefined
  readonly model: Model | undefined
  readonly plan: Plan | undefined
  readonly attempts: readonly AttemptRecord[]
  readonly usage: Usage | undefined
  readonly failure: JetwayError | undefined
  readonly aborted: boolean
  readonly refused: boolean
  /** A head with status 200 went out, whatever came after. */
  readonly started: boolean
  readonly watch: Stopwatch
  readonly firstByteAt: number | undefined
  readonly queuedMs: number
}

/** What became of a call: the one row that ledger, log, metrics, limits and `explain` read. */
export function makeRecord(input: RecordInput): CallRecord {
  const { call, plan, failure, watch, usage } = input
  const outcome = outcomeOf(input)
  return {
    uid: input.uid,
    id: call.id,
    startedAt: input.startedAt,
    caller: call.caller,
    operation: call.operation,
    dialect: input.dialect.name,
    modelAsked: call.model,
    provider: plan?.provider ?? input.provider,
    model: plan?.model ?? input.model?.id,
    wire: plan?.wire,
    wireReason: plan?.wireReason,
    mode: plan?.mode,
    stream: call.stream,
    initiator: plan?.initiator,
    rewrites: plan?.rewrites ?? [],
    degraded: plan?.degraded ?? [],
    attempts: input.attempts,
    outcome,
    status: outcome === 'aborted' ? 499 : input.started ? 200 : (failure?.status ?? 200),
    ...(failure === undefined || outcome === 'aborted' ? {} : { error: describe(failure, input) }),
    usage,
    cost: costOf(usage, input.model?.prices),
    timing: {
      totalMs: watch.sinceStartMs(),
      firstByteMs:
        input.firstByteAt === undefined ? undefined : input.firstByteAt - call.receivedAt,
      overheadMs: watch.overheadMs(),
      queuedMs: input.queuedMs,
    },
    ...(call.trace === undefined ? {} : { trace: call.trace }),
  }
}

function outcomeOf({ aborted, refused, failure }: RecordInput): Outcome {
  if (aborted) return 'aborted'
  if (failure === undefined) return 'ok'
  return refused ? 'refused' : 'failed'
}

function describe(
  failure: JetwayError,
  { call, model }: RecordInput,
): NonNullable<CallRecord['error']> {
  const message = withoutEcho(failure.message, call.body.bytes, [call.model, model?.id])
  return { name: errorName(failure), message, code: failure.code }
}
