/**
 * Whole calls, as many as a gateway can make on one core.
 *
 * @import { Bench, CallKind, Flavour, Row, Running } from '../types.ts'
 */

import { requestFor } from './ask.mjs'
import { checkedLoad } from './checked.mjs'

/**
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.title
 * @param {CallKind} options.kind
 * @param {number} options.connections
 * @param {Flavour} [options.flavour]
 * @param {readonly string[]} [options.only]
 * @returns {Row}
 */
export function callsRow({ name, title, kind, connections, flavour = 'clean', only }) {
  /** @param {Bench} bench @param {Running} running @param {boolean} isCold */
  async function measure(bench, running, isCold) {
    const { lengths } = bench
    const { route, request } = requestFor(kind, running)
    const result = await checkedLoad(
      bench,
      {
        kind: 'calls',
        host: '127.0.0.1',
        port: running.port,
        request,
        connections,
        warmUpMs: isCold ? lengths.practiceMs : lengths.warmUpMs,
        measureMs: lengths.measureMs,
        ...(running.weigh === undefined ? {} : { weigh: running.weigh }),
      },
      route.dialect,
    )
    return {
      cpuUs: ((result.cpuMs ?? 0) * 1000) / result.calls,
      perSecond: (result.calls * 1000) / result.elapsedMs,
      p50: result.latency.p50,
      p99: result.latency.p99,
      loadedMb: (result.residentBytes ?? 0) / 1e6,
      units: result.calls,
      failed: result.failed,
    }
  }

  const pace = { chunks: 1, everyMs: 5, flavour }
  return { name, title, kind, pace, measure, ...(only === undefined ? {} : { only }) }
}
