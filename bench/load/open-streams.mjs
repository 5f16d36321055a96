/**
 * Holds many slow streams open, and weighs the gateway before and during.
 *
 * @import { OpenStreamsJob, OpenStreamsResult, TreeUse } from '../types.ts'
 */

import { setTimeout as pause } from 'node:timers/promises'

import { createConnection } from './connection.mjs'
import { createFailures, startMeter } from './outcome.mjs'
import { median } from './spread.mjs'

const SETTLE_MS = 1500
const SAMPLE_EVERY_MS = 250
const BATCH_MS = 20
const OPENING_PATIENCE_MS = 20_000

/**
 * @param {OpenStreamsJob} job
 * @param {(root: number) => TreeUse} weigh
 * @returns {Promise<OpenStreamsResult>}
 */
export async function runOpenStreams(job, weigh) {
  const failures = createFailures()

  /** @param {number} wanted */
  function createCrowd(wanted) {
    /** @type {ReturnType<typeof createConnection>[]} */
    const connections = []
    let opened = 0

    function openOne() {
      const connection = createConnection(job.host, job.port)
      connections.push(connection)
      let begun = false
      connection.call(job.request, {
        onBody() {
          if (!begun) opened += 1
          begun = true
        },
        onDone: (failure) => failures.add(failure ?? 'ended while it was to be held'),
      })
    }

    return {
      /** Opens them at the wanted rate and waits until each has its first byte, or no longer. */
      async open() {
        const perBatch = Math.max(1, Math.round((job.perSecond * BATCH_MS) / 1000))
        while (connections.length < wanted) {
          const size = Math.min(perBatch, wanted - connections.length)
          for (let at = 0; at < size; at += 1) openOne()
          await pause(BATCH_MS)
        }
        const deadline = performance.now() + OPENING_PATIENCE_MS
        while (opened + failures.count < wanted && performance.now() < deadline) await pause(50)
        return opened
      },
      close() {
        for (const connection of connections) connection.close()
      },
    }
  }

  async function residentBytes() {
    const samples = []
    for (const end = performance.now() + job.holdMs; performance.now() < end;) {
      await pause(SAMPLE_EVERY_MS)
      if (job.weigh !== undefined) samples.push(weigh(job.weigh).residentBytes)
    }
    return median(samples)
  }

  const practice = createCrowd(job.warmUpStreams)
  await practice.open()
  practice.close()
  await pause(SETTLE_MS)
  failures.clear()
  const bytesBefore = job.weigh === undefined ? 0 : weigh(job.weigh).residentBytes
  const meter = startMeter(job.weigh, weigh)
  const crowd = createCrowd(job.streams)
  try {
    const opened = await crowd.open()
    const bytesDuring = await residentBytes()
    return {
      kind: 'open-streams',
      streams: job.streams,
      opened,
      bytesBefore,
      bytesDuring,
      ...meter.stop(),
      ...failures.report(),
    }
  } finally {
    crowd.close()
  }
}
