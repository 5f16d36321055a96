/**
 * Time to start, beside what bare Node takes on the same core.
 *
 * @import { Row } from '../types.ts'
 */

import { JETWAY_COMMAND } from '../gateways/jetway.mjs'
import { median } from '../load/spread.mjs'

const BARE = ['-e', '0']

/** @param {number} times @param {() => Promise<number>} time */
async function repeated(times, time) {
  const taken = []
  for (let at = 0; at < times; at += 1) taken.push(await time())
  return median(taken)
}

/** @type {Row} */
export const startUp = {
  name: 'start-up',
  title: 'from spawning until it accepts calls',
  apart: true,

  async measure({ lengths, timeStart, timeProgram }, running) {
    // One start says enough about what takes seconds.
    const times = running.name === 'jetway' ? lengths.starts : 1
    const readyMs = await repeated(times, () => timeStart(running.name))
    const bareMs = await repeated(lengths.starts, () => timeProgram(process.execPath, BARE))
    return { readyMs, bareMs, addedMs: readyMs - bareMs }
  },
}

/** @type {Row} */
export const version = {
  name: 'version',
  title: '`--version`',
  apart: true,
  only: ['jetway'],

  async measure({ lengths, timeProgram }) {
    const taken = []
    const bare = []
    // In turn, so that whatever else the machine does falls on both.
    for (let at = 0; at < lengths.versions; at += 1) {
      bare.push(await timeProgram(process.execPath, BARE))
      taken.push(await timeProgram(process.execPath, [JETWAY_COMMAND, '--version']))
    }
    const versionMs = median(taken)
    const bareMs = median(bare)
    return { versionMs, bareMs, addedMs: versionMs - bareMs }
  },
}
