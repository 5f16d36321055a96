/**
 * A hundred paced streams at once, each of two hundred chunks.
 *
 * @import { Bench, CallKind, Flavour, Row, Running, Wire } from '../types.ts'
 */

import { requestFor } from './ask.mjs'
import { checkedLoad } from './checked.mjs'

const STREAMS = 100
const CHUNKS = 200
const EVERY_MS = 5

/**
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.title
 * @param {Wire} options.dialect
 * @param {Wire} options.wire
 * @param {Flavour} [options.flavour]
 * @param {readonly string[]} [options.only]
 * @returns {Row}
 */
export function streamsRow({ name, title, dialect, wire, flavour = 'clean', only }) {
  /** @type {CallKind} */
  const kind = { dialect, wire, stream: true, prompt: 'small' }

  /** @param {Bench} bench @param {Running} running */
  async function measure(bench, running) {
    const { route, request } = requestFor(kind, running)
    const result = await checkedLoad(
      bench,
      {
        kind: 'streams',
        host: '127.0.0.1',
        port: running.port,
        request,
        connections: STREAMS,
        warmUpWaves: bench.lengths.warmUpWaves,
        waves: bench.lengths.waves,
        ...(running.weigh === undefined ? {} : { weigh: running.weigh }),
      },
      route.dialect,
    )
    const chunks = result.streams * CHUNKS
    return {
      cpuUs: ((result.cpuMs ?? 0) * 1000) / chunks,
      perSecond: (chunks * 1000) / result.elapsedMs,
      firstByteP50: result.firstByte.p50,
      firstByteP99: result.firstByte.p99,
      gapP50: result.gap.p50,
      gapP99: result.gap.p99,
      eventsPerRead: result.events / result.reads,
      loadedMb: (result.residentBytes ?? 0) / 1e6,
      units: chunks,
      failed: result.failed,
    }
  }

  const pace = { chunks: CHUNKS, everyMs: EVERY_MS, flavour }
  return { name, title, kind, pace, measure, ...(only === undefined ? {} : { only }) }
}
