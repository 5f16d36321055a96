/**
 * How long a core waits for memory: what tells an hour in which neighbours share its caches from a quiet one. nginx's
 * working set mostly stays within a core's own cache, and such an hour shows little in its figures; a program on Node has megabytes.
 */

import { median } from '../load/spread.mjs'

const LINE_BYTES = 64
const STEPS = 1_000_000
const TIMES = 3

/**
 * Nanoseconds for one step through so much memory, each to a place that only the one before tells. The loop's own work is in it.
 *
 * @param {number} bytes
 */
export function memoryLatency(bytes) {
  const stride = LINE_BYTES / Int32Array.BYTES_PER_ELEMENT
  const chain = chainThrough(bytes / LINE_BYTES, stride)
  const taken = []
  // The first time is practice.
  for (let time = 0; time <= TIMES; time += 1) {
    const startedAt = performance.now()
    if (follow(chain) < 0) throw new Error('left the chain')
    taken.push(((performance.now() - startedAt) * 1e6) / STEPS)
  }
  return median(taken.slice(1))
}

/** @param {Int32Array} chain */
function follow(chain) {
  let at = 0
  for (let step = 0; step < STEPS; step += 1) at = chain[at] ?? -1
  return at
}

/**
 * Each place holds the next one's; all are on one round, in an order that no prefetcher guesses (Sattolo's shuffle).
 *
 * @param {number} places
 * @param {number} stride
 */
export function chainThrough(places, stride) {
  const order = Int32Array.from({ length: places }, (_, place) => place)
  for (let last = places - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * last)
    const kept = order[last] ?? 0
    order[last] = order[other] ?? 0
    order[other] = kept
  }
  const chain = new Int32Array(places * stride)
  for (const [place, next] of order.entries()) chain[place * stride] = next * stride
  return chain
}
