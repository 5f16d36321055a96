/** A source of numbers in [0, 1). A value, so that jitter and load balancing repeat under a seed. */
export type Random = () => number

/** mulberry32: small, fast, good enough for jitter and shuffling; never for secrets. */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
