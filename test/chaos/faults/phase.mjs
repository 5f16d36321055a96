/**
 * @import { Allowed } from './allowed.mjs'
 * @import { House } from '../house.mjs'
 */

/**
 * One kind of fault at one hop, for a while.
 *
 * @typedef {object} Phase
 * @property {string} name
 * @property {string} hop
 * @property {Allowed} allowed
 * @property {(house: House) => Promise<void>} begin
 * @property {(house: House) => Promise<void>} end
 * @property {readonly string[]} [models] calls go to these names instead of the usual ones
 * @property {number} [abortAfterMs] the client goes away after this long
 * @property {number} [aborts] the share of calls in which the client goes away, at any moment
 * @property {(house: House) => number} [met] how many exchanges the network has broken so far; it goes on until some were
 * @property {number} [leastMs] it goes on for so long, also when its calls are done before
 * @property {number} [weight] share of the calls, 1 when left out
 * @property {number} [recoveryMs] how soon all must be well again, where that is longer than usual
 */

/**
 * On for a while, off for a while, until the phase ends, and twice at least: fast calls would else be over before the fault comes. Never two changes at once: the next waits for the one before.
 *
 * @param {{ readonly onMs: number, readonly offMs: number }} pace
 * @param {(house: House) => Promise<unknown>} on @param {(house: House) => Promise<unknown>} off
 * @returns {Pick<Phase, 'begin' | 'end' | 'leastMs'>}
 */
export function alternating({ onMs, offMs }, on, off) {
  let stop = new AbortController()
  /** @type {Promise<void>} */
  let running = Promise.resolve()
  /** @type {(() => void) | undefined} */
  let wake
  const pause = (/** @type {number} */ ms) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve(undefined)
      }
    })
  return {
    leastMs: 2 * (onMs + offMs),
    begin(house) {
      stop = new AbortController()
      const { signal } = stop
      running = (async () => {
        while (!signal.aborted) {
          await on(house)
          await pause(onMs)
          await off(house)
          if (!signal.aborted) await pause(offMs)
        }
      })()
      running.catch(() => {})
      return Promise.resolve()
    },
    async end() {
      stop.abort()
      wake?.()
      await running
    },
  }
}

/** Does something again and again until the phase ends. @param {number} everyMs @param {(house: House) => Promise<unknown>} act @param {(house: House) => Promise<unknown>} [undo] @returns {Pick<Phase, 'begin' | 'end' | 'leastMs'>} */
export function repeating(everyMs, act, undo) {
  const { begin, end, leastMs } = alternating({ onMs: everyMs, offMs: 0 }, act, () =>
    Promise.resolve(),
  )
  return {
    leastMs,
    begin,
    async end(house) {
      await end(house)
      await undo?.(house)
    },
  }
}
