/**
 * The loop: every row, every round, every gateway in turn, the order reversed each round.
 *
 * @import { Cell, Measurement, Pace, Row, Running } from './types.ts'
 * @import { Session } from './session.mjs'
 */

import { proveAnswer } from './rows/ask.mjs'

/** @typedef {{ running: Running, pause: () => void, resume: () => void }} Contender */

/**
 * @param {object} options
 * @param {Session} options.session
 * @param {readonly Row[]} options.rows
 * @param {readonly Contender[]} options.contenders
 * @param {number} options.rounds
 * @param {(measurement: Measurement) => void} options.onMeasurement
 */
export async function measureAll({ session, rows, contenders, rounds, onMeasurement }) {
  /** Gateways that failed in a row are not asked again in it. @type {Set<string>} */
  const failed = new Set()
  /** Gateways that have had work before. @type {Set<string>} */
  const practised = new Set()
  for (let round = 1; round <= rounds; round += 1) {
    for (const row of rows) {
      if (row.pace !== undefined) await session.setPace(row.pace)
      for (const contender of inTurn(row, contenders, session.direct, round)) {
        const gateway = contender.running.name
        const label = `${row.name} ${gateway}`
        if (failed.has(label)) continue
        const cell = await measureOne(session, row, contender, {
          round,
          isCold: !practised.has(gateway),
        })
        if (row.kind !== undefined && !row.apart) practised.add(gateway)
        if ('failed' in cell) failed.add(label)
        onMeasurement({ row: row.name, gateway, round, cell })
      }
    }
  }
}

/**
 * @param {Row} row
 * @param {readonly Contender[]} contenders
 * @param {Running} direct
 * @param {number} round
 */
function inTurn(row, contenders, direct, round) {
  const nothing = () => {}
  const all = row.direct
    ? [{ running: direct, pause: nothing, resume: nothing }, ...contenders]
    : [...contenders]
  const wanted = all.filter(({ running }) => row.only?.includes(running.name) ?? true)
  return round % 2 === 1 ? wanted : wanted.toReversed()
}

/**
 * @param {Session} session
 * @param {Row} row
 * @param {Contender} contender
 * @param {{ round: number, isCold: boolean }} place
 * @returns {Promise<Cell>}
 */
async function measureOne({ bench }, row, { running, pause, resume }, { round, isCold }) {
  if (row.kind !== undefined && running.route(row.kind) === undefined) {
    return { absent: 'has no such call' }
  }
  try {
    if (!row.apart) resume()
    if (row.kind !== undefined && !row.apart && round === 1) {
      await proveAnswer(row.kind, /** @type {Pace} */ (row.pace), running)
    }
    return { figures: await row.measure(bench, running, isCold) }
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) }
  } finally {
    pause()
  }
}
