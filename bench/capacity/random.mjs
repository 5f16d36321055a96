/** Chance that is the same each time: a seed, and what follows from it. */

/** Mulberry32: 32 bits of state, which is plenty for draws that are only averaged. @param {number} seed */
export function createRandom(seed) {
  let state = seed >>> 0
  /** In [0, 1). */
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  /** @type {number | undefined} */
  let spare
  /** Box and Muller: two draws for two values. */
  const normal = () => {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()))
    const angle = 2 * Math.PI * next()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
  return {
    next,
    normal,
    /** Half of the values are below `median`; `sigma` says how far the others lie. @param {{ median: number, sigma: number }} shape */
    logNormal: ({ median, sigma }) => median * Math.exp(sigma * normal()),
    /** Knuth's way: fine for small means. @param {number} mean */
    poisson(mean) {
      const floor = Math.exp(-mean)
      let count = 0
      for (let product = next(); product > floor; product *= next()) count++
      return count
    },
    /** @template Item @param {readonly { readonly share: number, readonly item: Item }[]} items @returns {Item} */
    pick(items) {
      let left = next()
      for (const { share, item } of items) {
        left -= share
        if (left < 0) return item
      }
      return /** @type {{ item: Item }} */ (items.at(-1)).item
    },
  }
}

/** @typedef {ReturnType<typeof createRandom>} Random */
