/**
 * The load generator: a process of its own that takes one job at a time from its parent and sends the
 * result back. Bounded in time and in number, and to loopback, whatever the job says.
 *
 * @import { Job, JobResult, Wire } from '../types.ts'
 */

import { createTreeMeter } from '../processes/tree-use.mjs'
import { runCalls } from './calls.mjs'
import { runOpenStreams } from './open-streams.mjs'
import { runRate } from './rate.mjs'
import { runStreams } from './streams.mjs'

const MAX_PHASE_MS = 120_000
const MAX_CONNECTIONS = 10_000

/** @type {readonly (readonly [string, number])[]} */
const BOUNDS = [
  ['warmUpMs', MAX_PHASE_MS],
  ['measureMs', MAX_PHASE_MS],
  ['holdMs', MAX_PHASE_MS],
  ['connections', MAX_CONNECTIONS],
  ['streams', MAX_CONNECTIONS],
  ['warmUpStreams', MAX_CONNECTIONS],
  ['perSecond', 100_000],
  ['waves', 1000],
  ['warmUpWaves', 1000],
]

const weigh = createTreeMeter()

/** @param {Job} job */
function checkBounds(job) {
  const values = /** @type {Record<string, unknown>} */ ({ ...job })
  for (const [name, bound] of BOUNDS) {
    const value = values[name]
    if (value === undefined) continue
    if (typeof value !== 'number' || !(value >= 0 && value <= bound)) {
      throw new RangeError(`${name} must be a number between 0 and ${bound}`)
    }
  }
}

/** @param {Job} job @param {Wire} dialect @returns {Promise<JobResult>} */
async function run(job, dialect) {
  checkBounds(job)
  if (job.kind === 'calls') return runCalls(job, weigh)
  if (job.kind === 'rate') return runRate(job, weigh)
  if (job.kind === 'streams') return runStreams(job, dialect, weigh)
  return runOpenStreams(job, weigh)
}

process.on('message', async (/** @type {{ job: Job, dialect: Wire }} */ { job, dialect }) => {
  try {
    process.send?.({ result: await run(job, dialect) })
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : String(error) })
  }
})
process.on('disconnect', () => process.exit(0))
