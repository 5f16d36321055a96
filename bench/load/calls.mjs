/**
 * Closed loop: each connection asks again as soon as it has its answer.
 *
 * @import { CallsJob, CallsResult, TreeUse } from '../types.ts'
 */

import { createConnection } from './connection.mjs'
import { createFailures, startMeter } from './outcome.mjs'
import { createSeries } from './spread.mjs'

/** @param {CallsJob} job @param {(root: number) => TreeUse} weigh @returns {Promise<CallsResult>} */
export async function runCalls(job, weigh) {
  const connections = Array.from({ length: job.connections }, () =>
    createConnection(job.host, job.port),
  )
  const failures = createFailures()
  const latencies = createSeries()

  /** Asks until the deadline, then lets every call finish, so that none is counted in part. */
  async function phase(/** @type {number} */ lengthMs) {
    const deadline = performance.now() + lengthMs
    await Promise.all(
      connections.map((connection) => {
        // Callbacks, not a promise per call: the load is not to be what is measured.
        return new Promise((resolve) => {
          function ask() {
            const askedAt = performance.now()
            if (askedAt >= deadline) {
              resolve(undefined)
              return
            }
            connection.call(job.request, {
              onDone(failure) {
                if (failure === undefined) latencies.add(performance.now() - askedAt)
                else failures.add(failure)
                // A refused connection fails in the same tick; a failing gateway is not hammered.
                if (failure === undefined) ask()
                else setTimeout(ask, 10)
              },
            })
          }
          ask()
        })
      }),
    )
  }

  try {
    await phase(job.warmUpMs)
    latencies.clear()
    failures.clear()
    const meter = startMeter(job.weigh, weigh)
    await phase(job.measureMs)
    return {
      kind: 'calls',
      calls: latencies.length,
      latency: latencies.spread(),
      ...meter.stop(),
      ...failures.report(),
    }
  } finally {
    for (const connection of connections) connection.close()
  }
}
