import { BUCKET_MS, BUCKETS } from './limit-store.ts'

/** The present bucket and those of the minute before it. */
const SLOTS = BUCKETS + 1

/**
 * What was counted in the last minute, in buckets of five seconds, one after the other in a ring. Their sum is kept, so that
 * a call costs an addition and not a walk through them.
 */
export class Window {
  readonly #slots = new Float64Array(SLOTS)
  #newest = 0
  #sum = 0

  /** As of the last `turn`. */
  get sum(): number {
    return this.#sum
  }

  /** Forgets what has left the window. */
  turn(nowMs: number): void {
    const newest = bucketAt(nowMs)
    if (newest <= this.#newest && this.#newest - newest < SLOTS) return
    // Nothing of it is within a minute of now; after a clock that was set back neither.
    if (Math.abs(newest - this.#newest) >= SLOTS) {
      this.#slots.fill(0)
      this.#sum = 0
    } else {
      for (let bucket = this.#newest + 1; bucket <= newest; bucket++) {
        const slot = bucket % SLOTS
        this.#sum -= this.#slots[slot] ?? 0
        this.#slots[slot] = 0
      }
    }
    this.#newest = newest
  }

  /** To the bucket of that time: what has left the window, or was never counted, stays as it is. Never below nothing. */
  change(atMs: number, amount: number): void {
    const bucket = bucketAt(atMs)
    if (bucket > this.#newest || bucket <= this.#newest - SLOTS) return
    const slot = bucket % SLOTS
    const before = this.#slots[slot] ?? 0
    const after = Math.max(0, before + amount)
    this.#slots[slot] = after
    this.#sum += after - before
  }

  /** Milliseconds until buckets that hold `amount` have left the window. */
  freeIn(amount: number, nowMs: number): number {
    let freed = 0
    if (amount <= 0) return 0
    const newest = bucketAt(nowMs)
    for (let bucket = newest - BUCKETS; bucket <= newest; bucket++) {
      if (bucket >= 0) freed += this.#slots[bucket % SLOTS] ?? 0
      if (freed >= amount) return Math.max(1, (bucket + SLOTS) * BUCKET_MS - nowMs)
    }
    return SLOTS * BUCKET_MS
  }
}

function bucketAt(timeMs: number): number {
  return Math.floor(timeMs / BUCKET_MS)
}
