/**
 * Paced streams: each connection runs one after the other, all of them at once.
 *
 * @import { StreamsJob, StreamsResult, TreeUse, Wire } from '../types.ts'
 */

import { createConnection } from './connection.mjs'
import { createEventCounter } from './event-counter.mjs'
import { createFailures, startMeter } from './outcome.mjs'
import { createSeries } from './spread.mjs'

/**
 * @param {StreamsJob} job
 * @param {Wire} dialect
 * @param {(root: number) => TreeUse} weigh
 * @returns {Promise<StreamsResult>}
 */
export async function runStreams(job, dialect, weigh) {
  const connections = Array.from({ length: job.connections }, () =>
    createConnection(job.host, job.port),
  )
  const failures = createFailures()
  const firstBytes = createSeries()
  const gaps = createSeries()
  const count = { streams: 0, events: 0, reads: 0 }

  /** @param {ReturnType<typeof createConnection>} connection @returns {Promise<void>} */
  function one(connection) {
    const counter = createEventCounter()
    const askedAt = performance.now()
    let last = 0
    return new Promise((resolve) => {
      connection.call(job.request, {
        onBody(bytes) {
          const now = performance.now()
          if (last === 0) {
            firstBytes.add(now - askedAt)
            last = now
          }
          if (counter.push(bytes) === 0) return
          count.reads += 1
          if (now > last) gaps.add(now - last)
          last = now
        },
        onDone(failure) {
          const wrongEnd = counter.endedWell(dialect) ? undefined : `ended with ${counter.tail()}`
          const wrong = failure ?? wrongEnd
          if (wrong === undefined) count.streams += 1
          else failures.add(wrong)
          count.events += counter.events
          resolve()
        },
      })
    })
  }

  /** @param {number} waves */
  async function phase(waves) {
    await Promise.all(
      connections.map(async (connection) => {
        for (let wave = 0; wave < waves; wave += 1) await one(connection)
      }),
    )
  }

  try {
    await phase(job.warmUpWaves)
    firstBytes.clear()
    gaps.clear()
    failures.clear()
    Object.assign(count, { streams: 0, events: 0, reads: 0 })
    const meter = startMeter(job.weigh, weigh)
    await phase(job.waves)
    return {
      kind: 'streams',
      ...count,
      firstByte: firstBytes.spread(),
      gap: gaps.spread(),
      ...meter.stop(),
      ...failures.report(),
    }
  } finally {
    for (const connection of connections) connection.close()
  }
}
