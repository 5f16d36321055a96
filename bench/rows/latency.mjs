/**
 * What a gateway adds to a call at a thousand calls a second; the direct figures are in the same row,
 * to be taken off.
 *
 * @import { Bench, CallKind, Row, Running } from '../types.ts'
 */

import { requestFor } from './ask.mjs'
import { checked } from './checked.mjs'

const PER_SECOND = 1000
const CONNECTIONS = 256

/** @type {CallKind} */
const kind = { dialect: 'chat', wire: 'chat', stream: false, prompt: 'small' }

/** @param {Bench} bench @param {Running} running */
async function measure({ lengths, load }, running) {
  const { route, request } = requestFor(kind, running)
  const result = await load(
    {
      kind: 'rate',
      host: '127.0.0.1',
      port: running.port,
      request,
      perSecond: PER_SECOND,
      connections: CONNECTIONS,
      warmUpMs: lengths.warmUpMs,
      measureMs: lengths.measureMs,
      ...(running.weigh === undefined ? {} : { weigh: running.weigh }),
    },
    route.dialect,
  )
  if (result.saturated) throw new Error(`cannot keep up with ${PER_SECOND} calls a second`)
  checked(result, result.calls)
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
