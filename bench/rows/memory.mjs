/**
 * Memory of a gateway that has just been started: idle, and for each stream that it holds open.
 *
 * @import { Bench, CallKind, Pace, Row, Running } from '../types.ts'
 */

import { setTimeout as pause } from 'node:timers/promises'

import { proveAnswer, requestFor } from './ask.mjs'
import { checkedLoad } from './checked.mjs'

const SETTLE_MS = 3000
const WARM_UP_SHARE = 0.1
const OPENED_PER_SECOND = 1000
/** Slow enough that two thousand of them are not work but memory. */
const PACE = /** @type {Pace} */ ({ chunks: 60, everyMs: 1000, flavour: 'clean' })

/** @type {CallKind} */
const whole = { dialect: 'chat', wire: 'chat', stream: false, prompt: 'small' }
/** @type {CallKind} */
const streamed = { ...whole, stream: true }

/** @param {Bench} bench @param {Running} started */
async function measure(bench, started) {
  const { lengths, weigh } = bench
  return bench.fresh(started.name, async (running) => {
    // Idle is what a gateway weighs that has answered, and loaded all it needs for it.
    await proveAnswer(whole, PACE, running)
    await pause(SETTLE_MS)
    const pid = /** @type {number} */ (running.weigh)
    const idle = weigh(pid)
    const { route, request } = requestFor(streamed, running)
    const result = await checkedLoad(
      bench,
      {
        kind: 'open-streams',
        host: '127.0.0.1',
        port: running.port,
        request,
        weigh: pid,
        warmUpStreams: Math.round(lengths.openStreams * WARM_UP_SHARE),
        streams: lengths.openStreams,
        perSecond: OPENED_PER_SECOND,
        holdMs: lengths.holdMs,
      },
      route.dialect,
    )
    if (result.opened < result.streams) {
      throw new Error(`only ${result.opened} of ${result.streams} streams opened`)
    }
    return {
      idleMb: idle.residentBytes / 1e6,
      processes: idle.processes,
      streamKb: (result.bytesDuring - result.bytesBefore) / result.streams / 1e3,
      openMb: result.bytesDuring / 1e6,
      units: result.streams,
      failed: result.failed,
    }
  })
}

/** @type {Row} */
export const memory = {
  name: 'memory',
  title: 'memory, idle and for each open stream',
  pace: PACE,
  kind: streamed,
  apart: true,
  measure,
}
