import type * as Api from '@opentelemetry/api'
import type { AttemptRecord, CallRecord, Observer } from '../core/ledger.ts'
import { attemptAttributes, callAttributes, commonOf, failureOf, secondsAfter } from './gen-ai.ts'
import { parseTraceparent } from './trace-context.ts'

/** Spans and measurements of calls, for whatever SDK the process has registered. */
export interface OpenTelemetry {
  readonly observer: Observer
  /** The trace a finished call stands in: the caller's, or its own. */
  readonly traceIdOf: (record: CallRecord) => string | undefined
}

const NAME = 'jetway'
/** As the conventions ask for: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/ */
const SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
]
const TOKENS = [
  1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
]

/** Reads the API's package, and only where it is wanted: it is an optional peer. */
export async function openOpenTelemetry(version: string): Promise<OpenTelemetry> {
  const api = await import('@opentelemetry/api').catch((cause: unknown) => {
    throw new Error(
      'jetway.opentelemetry is on: install the package `@opentelemetry/api` beside jetway',
      {
        cause,
      },
    )
  })
  return createOpenTelemetry(api, version)
}

/**
 * Spans are made when a call is over, with the times it noted on its way: while it runs, tracing costs it nothing. One span
 * for the call, under the caller's own; below it one for each request upstream. Without an SDK all of it is a no-op.
 */
export function createOpenTelemetry(api: typeof Api, version: string): OpenTelemetry {
  const tracer = api.trace.getTracer(NAME, version)
  const instruments = createInstruments(api, version)
  const traceIds = new WeakMap<CallRecord, string>()

  const finished = (record: CallRecord): void => {
    const parent = parentOf(api, record)
    const call = tracer.startSpan(
      `POST ${record.dialect}`,
      {
        kind: api.SpanKind.SERVER,
        startTime: record.startedAt,
        attributes: callAttributes(record) as Api.Attributes,
      },
      parent,
    )
    const { traceId } = call.spanContext()
    if (api.isValidTraceId(traceId)) traceIds.set(record, traceId)
    const within = api.trace.setSpan(parent, call)
    record.attempts.forEach((attempt, index) => {
      const last = index === record.attempts.length - 1
      attempted(record, attempt, last, within)
      instruments.measure(record, attempt, last)
    })
    // A caller's own mistake is no failure of this server's span: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status
    if (record.status >= 500 && record.error) fail(call, record.error.code ?? record.error.name)
    call.end(record.startedAt + record.timing.totalMs)
  }

  const attempted = (
    record: CallRecord,
    attempt: AttemptRecord,
    last: boolean,
    within: Api.Context,
  ): void => {
    const attributes = attemptAttributes(record, attempt, last)
    const startTime = record.startedAt + attempt.startedMs
    const span = tracer.startSpan(
      `${attributes['gen_ai.operation.name'] as string} ${attempt.model}`,
      { kind: api.SpanKind.CLIENT, startTime, attributes: attributes as Api.Attributes },
      within,
    )
    const failed = failureOf(record, attempt, last)
    if (failed !== undefined) fail(span, failed)
    span.end(startTime + attempt.durationMs)
  }

  /** The kind only: upstream messages may quote a prompt. */
  const fail = (span: Api.Span, message: string): void => {
    span.setStatus({ code: api.SpanStatusCode.ERROR, message })
  }

  return { observer: { finished }, traceIdOf: (record) => traceIds.get(record) }
}

function parentOf(api: typeof Api, { trace }: CallRecord): Api.Context {
  const parent = trace && parseTraceparent(trace.traceparent)
  if (!parent) return api.ROOT_CONTEXT
  const traceState =
    trace.tracestate === undefined ? {} : { traceState: api.createTraceState(trace.tracestate) }
  return api.trace.setSpanContext(api.ROOT_CONTEXT, { ...parent, ...traceState, isRemote: true })
}

function createInstruments(api: typeof Api, version: string) {
  const meter = api.metrics.getMeter(NAME, version)
  const seconds = { unit: 's', advice: { explicitBucketBoundaries: SECONDS } }
  const duration = meter.createHistogram('gen_ai.client.operation.duration', {
    ...seconds,
    description: 'GenAI operation duration.',
  })
  const firstChunk = meter.createHistogram('gen_ai.client.operation.time_to_first_chunk', {
    ...seconds,
    description: 'Time to receive the first chunk of a streamed answer.',
  })
  const tokens = meter.createHistogram('gen_ai.client.token.usage', {
    unit: '{token}',
    advice: { explicitBucketBoundaries: TOKENS },
    description: 'Number of input and output tokens used.',
  })

  return {
    measure(record: CallRecord, attempt: AttemptRecord, last: boolean): void {
      const common = commonOf(record, attempt) as Api.Attributes
      const failed = failureOf(record, attempt, last)
      duration.record(attempt.durationMs / 1000, {
        ...common,
        ...(failed === undefined ? {} : { 'error.type': failed }),
      })
      if (!last) return
      const { usage, timing, stream } = record
      if (stream && timing.firstByteMs !== undefined) {
        firstChunk.record(secondsAfter(attempt, timing.firstByteMs), common)
      }
      if (!usage) return
      tokens.record(usage.inputTokens, { ...common, 'gen_ai.token.type': 'input' })
      tokens.record(usage.outputTokens, { ...common, 'gen_ai.token.type': 'output' })
    },
  }
}
