/**
 * Percentiles of everything seen, not of a sample: the bench is short enough to keep every figure.
 *
 * @import { Spread } from '../types.ts'
 */

/** A growing list of figures, without a boxed number for each. */
export function createSeries(startLength = 1 << 14) {
  let values = new Float64Array(startLength)
  let length = 0

  return {
    get length() {
      return length
    },

    /** @param {number} value */
    add(value) {
      if (length === values.length) {
        const larger = new Float64Array(values.length * 2)
        larger.set(values)
        values = larger
      }
      values[length] = value
      length += 1
    },

    clear() {
      length = 0
    },

    spread() {
      return spreadOf(values.subarray(0, length))
    },
  }
}

/** @param {Float64Array | readonly number[]} values @returns {Spread} zeroes when there are none */
export function spreadOf(values) {
  const sorted = Float64Array.from(values).sort()
  return {
    count: sorted.length,
    p50: percentile(sorted, 50),
    p90: percentile(sorted, 90),
    p99: percentile(sorted, 99),
    max: percentile(sorted, 100),
  }
}

/**
 * The nearest-rank percentile: always a figure that was seen.
 *
 * @param {Float64Array} sorted
 * @param {number} percent
 */
export function percentile(sorted, percent) {
  if (sorted.length === 0) return 0
  const rank = Math.ceil((percent / 100) * sorted.length)
  return /** @type {number} */ (sorted[Math.max(0, rank - 1)])
}

/** @param {readonly number[]} values @returns {number} NaN when there are none */
export function median(values) {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const upper = /** @type {number} */ (sorted[middle])
  return sorted.length % 2 === 1 ? upper : (upper + /** @type {number} */ (sorted[middle - 1])) / 2
}
