/**
 * A random stream that a seed repeats (mulberry32): good enough to choose faults, and the same on every machine.
 *
 * @param {number} seed
 */
export function createRandom(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    /** @param {number} from @param {number} to both included */
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    /** @param {number} share */
    chance: (share) => next() < share,
    /** @template Value @param {readonly Value[]} values @returns {Value} */
    pick: (values) => values[Math.floor(next() * values.length)],
    /** @template Value @param {readonly (readonly [number, Value])[]} weighted @returns {Value} */
    weigh(weighted) {
      let at = next() * weighted.reduce((sum, [weight]) => sum + weight, 0)
      for (const [weight, value] of weighted) {
        at -= weight
        if (at < 0) return value
      }
      return /** @type {readonly [number, Value]} */ (weighted.at(-1))[1]
    },
  }
}

/** @typedef {ReturnType<typeof createRandom>} Random */

/** A stream of its own for each part, so that one that draws more does not change the others. @param {number} seed @param {string} name */
export function seedOf(seed, name) {
  let hash = 2_166_136_261 ^ seed
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 16_777_619)
  return hash >>> 0
}
