/**
 * What one call costs, as measured: by the bench (CPU and memory of the gateway) and by `measure-stores.mjs` (what a call asks
 * of Redis and PostgreSQL). Kept in `figures.json`, which the page is made from.
 *
 * @typedef {object} Figures
 * @property {readonly string[]} circumstances
 * @property {{ wholeCallCpuUs: number, largeCallCpuUs: number, chunkCpuUs: number, idleMb: number, streamKb: number }} gateway
 * @property {StoreFigures} stores
 *
 * @typedef {object} StoreFigures
 * @property {number} redisCommandsPerCall
 * @property {number} redisCpuUsPerCall
 * @property {number} postgresRowsPerCall
 * @property {number} postgresCpuUsPerCall
 * @property {number} postgresBytesPerCall
 * @property {number} extraCpuUsPerCall of the gateway, beside what the bench measures with SQLite and without Redis
 */

/** Rows of the bench that a capacity is made from, and the figure of each. @type {Record<string, readonly [string, string]>} */
const ROWS = {
  wholeCallCpuUs: ['whole', 'cpuUs'],
  largeCallCpuUs: ['large', 'cpuUs'],
  chunkCpuUs: ['stream-quirky', 'cpuUs'],
  idleMb: ['memory', 'idleMb'],
  streamKb: ['memory', 'streamKb'],
}

/**
 * The medians of Jetway's rows in what `npm run bench -- --json FILE` wrote.
 *
 * @param {{ measurements: readonly { row: string, gateway: string, cell: { figures?: Record<string, number> } }[] }} run
 * @returns {Figures['gateway']}
 */
export function gatewayFigures({ measurements }) {
  const entries = Object.entries(ROWS).map(([name, [row, figure]]) => {
    const values = measurements
      .filter((one) => one.row === row && one.gateway === 'jetway')
      .flatMap(({ cell }) => cell.figures?.[figure] ?? [])
      .sort((a, b) => a - b)
    const median = values[Math.floor(values.length / 2)]
    if (median === undefined) {
      throw new Error(
        `the run has no ${figure} of Jetway in the row ${row}: run it with --rows ${wantedRows()}`,
      )
    }
    return [name, Math.round(median * 100) / 100]
  })
  return Object.fromEntries(entries)
}

export function wantedRows() {
  return [...new Set(Object.values(ROWS).map(([row]) => row))].join(',')
}
