import type { Histogram, MetricObjectWithValues, MetricValueWithName, Registry } from 'prom-client'

/** Counts of one combination of labels. */
export interface HistogramSeries {
  observe(value: number): void
}

export interface CountedHistogramOptions {
  readonly name: string
  readonly help: string
  /** Upper bounds, rising; what is above the last is only in the sum and the count. */
  readonly buckets: readonly number[]
  readonly registry: Registry
}

type Labels = Readonly<Record<string, string>>

/**
 * A histogram whose series whoever counts holds in the hand. That of prom-client makes a text of the labels and looks its
 * series up by it with every number: three times a call, and dearer than all else that is counted.
 *
 * Registered beside prom-client's own: a registry asks a metric for nothing but its name and `get`.
 * https://github.com/siimon/prom-client#registering-custom-metrics
 */
export class CountedHistogram {
  readonly name: string
  readonly help: string
  readonly type = 'histogram'
  readonly aggregator = 'sum'
  readonly #buckets: readonly number[]
  readonly #series = new Map<string, { readonly labels: Labels; readonly counts: Counts }>()

  constructor({ name, help, buckets, registry }: CountedHistogramOptions) {
    this.name = name
    this.help = help
    this.#buckets = buckets
    registry.registerMetric(this as unknown as Histogram)
  }

  /** The same one for the same labels, named in the same order. To be kept: it is found by their text. */
  series(labels: Labels = {}): HistogramSeries {
    const text = JSON.stringify(labels)
    const known = this.#series.get(text)
    if (known !== undefined) return known.counts
    const counts = new Counts(this.#buckets)
    this.#series.set(text, { labels, counts })
    return counts
  }

  /** What a registry reads. */
  get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    const { name, help, type, aggregator } = this
    const values = [...this.#series.values()].flatMap(({ labels, counts }) =>
      this.#valuesOf(labels, counts),
    )
    // Its type is given as a number; it is the word everywhere else.
    const metric: unknown = { name, help, type, aggregator, values }
    return Promise.resolve(metric as MetricObjectWithValues<MetricValueWithName<string>>)
  }

  /** Buckets are cumulative: https://prometheus.io/docs/concepts/metric_types/#histogram */
  #valuesOf(labels: Labels, { counts, sum, count }: Counts): MetricValueWithName<string>[] {
    const bucket = (le: number | string, value: number): MetricValueWithName<string> => ({
      metricName: `${this.name}_bucket`,
      labels: { le, ...labels },
      value,
    })
    let below = 0
    const buckets = this.#buckets.map((bound, index) => {
      below += counts[index] ?? 0
      return bucket(bound, below)
    })
    return [
      ...buckets,
      bucket('+Inf', count),
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ]
  }
}

class Counts implements HistogramSeries {
  readonly #buckets: readonly number[]
  readonly counts: Float64Array
  sum = 0
  count = 0

  constructor(buckets: readonly number[]) {
    this.#buckets = buckets
    this.counts = new Float64Array(buckets.length)
  }

  observe(value: number): void {
    this.sum += value
    this.count += 1
    const buckets = this.#buckets
    for (let index = 0; index < buckets.length; index++) {
      if (value > (buckets[index] ?? Infinity)) continue
      this.counts[index] = (this.counts[index] ?? 0) + 1
      return
    }
  }
}
