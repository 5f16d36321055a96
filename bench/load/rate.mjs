/**
 * Open loop: a fixed number of calls a second, whatever the answers do.
 *
 * A call's clock starts when its turn comes, also when no connection is free for it: a gateway that
 * stalls is charged for everyone who had to wait. What is not charged to it is the load's own late
 * timer, which direct calls suffer just as much.
 *
 * @import { RateJob, RateResult, TreeUse } from '../types.ts'
 */

import { createConnection } from './connection.mjs'
import { createFailures, startMeter } from './outcome.mjs'
import { createSeries } from './spread.mjs'

const TICK_MS = 1
/** Seconds of calls that may wait for a connection before the run is cut short. */
const MAX_BACKLOG_SECONDS = 1
/** A gateway that is still busy this long after the last call was due has not kept up. */
const MAX_LAG_MS = 250

/** @param {RateJob} job @param {(root: number) => TreeUse} weigh @returns {Promise<RateResult>} */
export async function runRate(job, weigh) {
  const idle = Array.from({ length: job.connections }, () => createConnection(job.host, job.port))
  const connections = [...idle]
  /** @type {number[]} when the turn of each waiting call came */
  const waiting = []
  const failures = createFailures()
  const latencies = createSeries()
  let underWay = 0

  /** @param {ReturnType<typeof createConnection>} connection @param {number} turnAt */
  function ask(connection, turnAt) {
    underWay += 1
    connection.call(job.request, {
      onDone(failure) {
        underWay -= 1
        if (failure === undefined) latencies.add(performance.now() - turnAt)
        else failures.add(failure)
        const next = waiting.shift()
        if (next === undefined) idle.push(connection)
        else ask(connection, next)
      },
    })
  }

  /** @param {number} lengthMs @returns {Promise<boolean>} whether it kept up */
  function phase(lengthMs) {
    const startedAt = performance.now()
    const total = Math.round((lengthMs / 1000) * job.perSecond)
    let sent = 0
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const now = performance.now()
        const due = Math.min(total, Math.floor(((now - startedAt) / 1000) * job.perSecond))
        for (; sent < due; sent += 1) {
          const connection = idle.pop()
          if (connection === undefined) waiting.push(now)
          else ask(connection, now)
        }
        const isDrowned = waiting.length > job.perSecond * MAX_BACKLOG_SECONDS
        if (isDrowned || (sent === total && underWay === 0 && waiting.length === 0)) {
          clearInterval(timer)
          waiting.length = 0
          resolve(!isDrowned && now - startedAt < lengthMs + MAX_LAG_MS)
        }
      }, TICK_MS)
    })
  }

  try {
    const keptUp = await phase(job.warmUpMs)
    latencies.clear()
    failures.clear()
    const meter = startMeter(job.weigh, weigh)
    const saturated = !keptUp || !(await phase(job.measureMs))
    return {
      kind: 'rate',
      calls: latencies.length,
      saturated,
      latency: latencies.spread(),
      ...meter.stop(),
      ...failures.report(),
    }
  } finally {
    for (const connection of connections) connection.close()
  }
}
