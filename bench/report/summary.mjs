/**
 * Medians over the rounds. A ratio is taken within each round and only then its median, because what
 * else the machine does changes from minute to minute and falls on neighbours alike.
 *
 * @import { Measurement } from '../types.ts'
 */

import { median } from '../load/spread.mjs'

export const YARDSTICK = 'nginx'

/** @typedef {ReturnType<typeof summarise>} Summary */

/**
 * @param {readonly Measurement[]} measurements
 */
export function summarise(measurements) {
  /** @param {string} row @param {string} gateway */
  function measured(row, gateway) {
    return measurements.filter((each) => each.row === row && each.gateway === gateway)
  }

  /** @param {string} row @param {string} gateway @param {string} figure */
  function byRound(row, gateway, figure) {
    /** @type {Map<number, number>} */
    const values = new Map()
    for (const { cell, round } of measured(row, gateway)) {
      const value = 'figures' in cell ? cell.figures[figure] : undefined
      if (value !== undefined) values.set(round, value)
    }
    return values
  }

  /**
   * @param {Map<number, number>} ones
   * @param {Map<number, number>} others
   * @param {(one: number, other: number) => number} combine
   */
  function paired(ones, others, combine) {
    const results = [...ones].flatMap(([round, one]) => {
      const other = others.get(round)
      return other === undefined ? [] : [combine(one, other)]
    })
    return results.length === 0 ? undefined : median(results)
  }

  /** @param {string} row @param {string} gateway @param {string} figure */
  function value(row, gateway, figure) {
    const values = [...byRound(row, gateway, figure).values()]
    return values.length === 0 ? undefined : median(values)
  }

  /**
   * How many times the other's figure this gateway's is.
   *
   * @param {string} row
   * @param {string} gateway
   * @param {string} figure
   * @param {string} [other]
   */
  function ratio(row, gateway, figure, other = YARDSTICK) {
    const ones = byRound(row, gateway, figure)
    return paired(ones, byRound(row, other, figure), (one, base) => one / base)
  }

  /**
   * @param {string} row
   * @param {string} gateway
   * @param {string} figure
   * @param {string} other
   */
  function difference(row, gateway, figure, other) {
    const ones = byRound(row, gateway, figure)
    return paired(ones, byRound(row, other, figure), (one, base) => one - base)
  }

  /** @param {string} row @param {string} gateway @returns {string | undefined} */
  function failure(row, gateway) {
    const cells = measured(row, gateway).map(({ cell }) => cell)
    return cells.find((cell) => 'failed' in cell)?.failed
  }

  return { value, ratio, difference, failure }
}
