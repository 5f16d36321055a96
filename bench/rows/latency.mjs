/**
 * What a gateway adds to a call at a thousand calls a second; the direct figures are in the same row,
 * to be taken off.
 *
 * @import { Bench, CallKind, Row, Running } from '../types.ts'
 */

import { requestFor } from './ask.mjs'
import { checkedLoad } from './checked.mjs'

const PER_SECOND = 1000
const CONNECTIONS = 256
/** At full speed the same time holds several times as many calls; a gateway is to be as warm here as it is there. */
const WARM_UPS = 4

/** @type {CallKind} */
const kind = { dialect: 'chat', wire: 'chat', stream: false, prompt: 'small' }

/** @param {Bench} bench @param {Running} running */
async function measure(bench, running) {
  const { route, request } = requestFor(kind, running)
  const result = await checkedLoad(
    bench,
    {
      kind: 'rate',
      host: '127.0.0.1',
      port: running.port,
      request,
      perSecond: PER_SECOND,
      connections: CONNECTIONS,
      warmUpMs: WARM_UPS * bench.lengths.warmUpMs,
      measureMs: bench.lengths.measureMs,
      ...(running.weigh === undefined ? {} : { weigh: running.weigh }),
    },
    route.dialect,
  )
  return {
    p50: result.latency.p50,
    p90: result.latency.p90,
    p99: result.latency.p99,
    cpuUs: ((result.cpuMs ?? 0) * 1000) / result.calls,
    units: result.calls,
    failed: result.failed,
  }
}

/** @type {Row} */
export const latency = {
  name: 'latency',
  title: 'a thousand whole calls a second',
  pace: { chunks: 1, everyMs: 5, flavour: 'clean' },
  kind,
  direct: true,
  measure,
}
