// oxlint-disable-next-line typescript/triple-slash-reference -- the declaration build takes single files and what they name
/// <reference path="./prom-client-parts.d.ts" />
// Not from the main entry: some 10 ms instead of 50 at every start, and 4 MB less. The version is pinned.
import AggregatorRegistry from 'prom-client/lib/cluster.js'
import Counter from 'prom-client/lib/counter.js'
import Registry from 'prom-client/lib/registry.js'
import type { CallRecord, Observer } from '../core/ledger.ts'
import { createBoundedLabel } from './bounded-labels.ts'
import { CallSeries } from './call-series.ts'
import { CountedHistogram } from './counted-histogram.ts'
import { registerGauges, registerLoopDelay } from './gauges.ts'
import type { GaugeSources } from './gauges.ts'
import type { MetricsValues, Siblings } from './siblings.ts'

export interface Metrics {
  /** Hears of every call; costs about a microsecond for each. */
  readonly observer: Observer
  /** A request that was answered before it became a call. */
  refused(kind: string): void
  /** A Copilot token was asked for. */
  readonly refreshed: (refresh: { readonly reason: string; readonly ok: boolean }) => void
  readonly contentType: string
  /** The page that Prometheus reads. */
  text(): Promise<string>
  close(): void
}

export interface MetricsOptions extends GaugeSources {
  /** The other workers of this machine, for whom this one answers too. */
  readonly siblings?: Siblings | undefined
  /** Distinct models that get series of their own. @default 200 */
  readonly maxModels?: number | undefined
}

const DURATION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
const OVERHEAD_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1]
/** The errors by which a limiter refuses; a key that may not use a model is refused too, but by no limit. */
const LIMITERS: ReadonlySet<string> = new Set(['RateLimitError', 'BudgetExceededError'])

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const boundedModel = createBoundedLabel(options.maxModels ?? 200)

  const calls = new Counter({
    name: 'jetway_calls_total',
    help: 'Calls that ended, by how.',
    labelNames: ['dialect', 'provider', 'model', 'outcome'],
    registers,
    // The first to be asked: the others are up to date when their turn comes.
    collect: () => {
      handOver()
    },
  })
  const errors = new Counter({
    name: 'jetway_errors_total',
    help: 'Calls that ended in an error, by its kind.',
    labelNames: ['kind'],
    registers,
  })
  const refusals = new Counter({
    name: 'jetway_refused_requests_total',
    help: 'Requests that were answered before they became a call, by the kind of error.',
    labelNames: ['kind'],
    registers,
  })
  const tokens = new Counter({
    name: 'jetway_tokens_total',
    help: 'Tokens as the upstream counts them; input includes cached and cache_write, output includes reasoning.',
    labelNames: ['provider', 'model', 'kind'],
    registers,
  })
  const credits = new Counter({
    name: 'jetway_credits_total',
    help: 'AI credits; one is worth 0.01 USD.',
    labelNames: ['provider', 'model'],
    registers,
  })
  const duration = new CountedHistogram({
    name: 'jetway_call_duration_seconds',
    help: 'From the first byte of the request to the last of the answer.',
    buckets: DURATION_BUCKETS,
    registry,
  })
  const firstByte = new CountedHistogram({
    name: 'jetway_time_to_first_byte_seconds',
    help: 'From the first byte of the request to the first of the answer.',
    buckets: DURATION_BUCKETS,
    registry,
  })
  const overhead = new CountedHistogram({
    name: 'jetway_overhead_seconds',
    help: 'Time spent in the gateway itself, without the waits for upstream, client and queue.',
    buckets: OVERHEAD_BUCKETS,
    registry,
  })
  const queued = new CountedHistogram({
    name: 'jetway_queued_seconds',
    help: 'Time that calls waited for a place on their seat.',
    buckets: [0.01, 0.1, 0.5, 1, 5, 10, 30],
    registry,
  })
  const attempts = new Counter({
    name: 'jetway_upstream_attempts_total',
    help: 'Requests sent upstream, by provider and class of status (none: no answer came).',
    labelNames: ['provider', 'status'],
    registers,
  })
  const retries = new Counter({
    name: 'jetway_retries_total',
    help: 'Attempts after the first of a call.',
    registers,
  })
  const fallbacks = new Counter({
    name: 'jetway_fallbacks_total',
    help: 'Attempts after which another model was tried.',
    registers,
  })
  const limited = new Counter({
    name: 'jetway_limiter_refusals_total',
    help: 'Calls that a limit, a budget or the queue of a seat refused, by what an answer calls it.',
    labelNames: ['code'],
    registers,
  })
  const refreshes = new Counter({
    name: 'jetway_token_refreshes_total',
    help: 'Copilot tokens asked for, by why, and whether one came.',
    labelNames: ['reason', 'outcome'],
    registers,
  })
  registerGauges(registers, options)

  const overheadSeries = overhead.series()
  const queuedSeries = queued.series()
  const bySeries = new Map<string, CallSeries>()
  const byAttempt = new Map<string, Map<number, number>>()
  const callMetrics = { calls, tokens, credits, duration, firstByte }

  /** Nearly every call is like the one before, and costs no text. */
  let latest: CallSeries | undefined

  const seriesOf = (record: CallRecord): CallSeries => {
    if (latest?.isOf(record) !== true) latest = seriesFor(record)
    return latest
  }

  const seriesFor = ({
    dialect,
    provider = 'none',
    model: id,
    outcome,
  }: CallRecord): CallSeries => {
    const model = boundedModel(id)
    const key = `${dialect} ${provider} ${outcome} ${model}`
    const known = bySeries.get(key)
    if (known) return known
    const made = new CallSeries(callMetrics, { dialect, provider, model, outcome })
    bySeries.set(key, made)
    return made
  }

  const finished = (record: CallRecord): void => {
    const { timing } = record
    seriesOf(record).add(record)
    overheadSeries.observe(timing.overheadMs / 1000)
    if (timing.queuedMs > 0) queuedSeries.observe(timing.queuedMs / 1000)
    if (record.error) errors.inc({ kind: record.error.name })
    if (record.outcome === 'refused' && LIMITERS.has(record.error?.name ?? '')) {
      limited.inc({ code: record.error?.code ?? 'none' })
    }
    if (record.attempts.length > 1) retries.inc(record.attempts.length - 1)
  }

  const handOver = (): void => {
    for (const series of bySeries.values()) series.handOver()
    for (const [provider, statuses] of byAttempt) {
      for (const [status, count] of statuses) {
        attempts.inc({ provider, status: statusClass(status) }, count)
      }
      statuses.clear()
    }
  }

  const loopDelay = registerLoopDelay(registers)
  const all = options.siblings?.join(() => registry.getMetricsAsJSON())

  return {
    observer: {
      attempted: (_id, { provider, status, next }) => {
        const statuses = byAttempt.get(provider) ?? new Map<number, number>()
        if (statuses.size === 0) byAttempt.set(provider, statuses)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        if (next?.startsWith('fallback to ')) fallbacks.inc()
      },
      finished,
    },
    refused: (kind) => {
      refusals.inc({ kind })
    },
    refreshed: ({ reason, ok }) => {
      refreshes.inc({ reason, outcome: ok ? 'ok' : 'failed' })
    },
    contentType: registry.contentType,
    text: all === undefined ? () => registry.metrics() : async () => textOf(await all()),
    close() {
      loopDelay.disable()
      registry.clear()
    },
  }
}

/** Counts of all processes together; each gauge says for itself how it is put together. */
function textOf(all: readonly MetricsValues[]): Promise<string> {
  return AggregatorRegistry.aggregate([...all]).metrics()
}

function statusClass(status: number): string {
  return status === 0 ? 'none' : `${Math.floor(status / 100)}xx`
}
