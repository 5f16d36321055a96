import type { Counter } from 'prom-client'
import type { CallRecord } from '../core/ledger.ts'
import { NANO_CREDITS_PER_CREDIT } from '../core/usage.ts'
import type { CountedHistogram, HistogramSeries } from './counted-histogram.ts'

export interface CallMetrics {
  readonly calls: Counter
  readonly tokens: Counter
  readonly credits: Counter
  readonly duration: CountedHistogram
  readonly firstByte: CountedHistogram
}

export interface SeriesLabels {
  readonly dialect: string
  readonly provider: string
  readonly model: string
  readonly outcome: string
}

/**
 * The numbers of one combination of labels. What is only counted is added up here and handed over when somebody looks:
 * the library finds a series by its labels' text each time, eight times a call.
 */
export class CallSeries {
  readonly #metrics: CallMetrics
  readonly #labels: SeriesLabels
  readonly #duration: HistogramSeries
  readonly #firstByte: HistogramSeries
  #calls = 0
  #billed = 0
  #nanoCredits = 0
  #counted = 0
  #input = 0
  #cached = 0
  #cacheWrite = 0
  #output = 0
  #reasoning = 0

  constructor(metrics: CallMetrics, labels: SeriesLabels) {
    const { dialect, provider, model } = labels
    this.#metrics = metrics
    this.#labels = labels
    this.#duration = metrics.duration.series({ dialect, provider, model })
    this.#firstByte = metrics.firstByte.series({ dialect, provider, model })
  }

  isOf({ dialect, provider = 'none', model = 'none', outcome }: CallRecord): boolean {
    const labels = this.#labels
    return (
      labels.model === model &&
      labels.outcome === outcome &&
      labels.dialect === dialect &&
      labels.provider === provider
    )
  }

  add({ timing, usage, cost }: CallRecord): void {
    this.#calls += 1
    this.#duration.observe(timing.totalMs / 1000)
    if (timing.firstByteMs !== undefined) this.#firstByte.observe(timing.firstByteMs / 1000)
    if (cost) {
      this.#billed += 1
      this.#nanoCredits += cost.nanoCredits
    }
    if (!usage) return
    this.#counted += 1
    this.#input += usage.inputTokens
    this.#cached += usage.cachedInputTokens
    this.#cacheWrite += usage.cacheWriteTokens
    this.#output += usage.outputTokens
    this.#reasoning += usage.reasoningTokens
  }

  handOver(): void {
    if (this.#calls === 0) return
    const { provider, model } = this.#labels
    this.#metrics.calls.inc({ ...this.#labels }, this.#calls)
    this.#calls = 0
    if (this.#billed > 0) {
      this.#metrics.credits.inc({ provider, model }, this.#nanoCredits / NANO_CREDITS_PER_CREDIT)
    }
    this.#billed = 0
    this.#nanoCredits = 0
    if (this.#counted === 0) return
    const add = (kind: string, tokens: number): void => {
      this.#metrics.tokens.inc({ provider, model, kind }, tokens)
    }
    add('input', this.#input)
    add('cached', this.#cached)
    add('cache_write', this.#cacheWrite)
    add('output', this.#output)
    add('reasoning', this.#reasoning)
    this.#counted = 0
    this.#input = 0
    this.#cached = 0
    this.#cacheWrite = 0
    this.#output = 0
    this.#reasoning = 0
  }
}
