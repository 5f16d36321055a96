/**
 * Lets many streams take one step each per period, spread evenly over it.
 *
 * One timer serves all of them. A period has one slot per millisecond, and each stream sits in one
 * slot, so that a hundred streams do not step in the same instant. Time lost to a busy machine is not
 * made up for: a stream takes at most one step per call of `advance`, so chunks stay apart.
 *
 * @param {number} periodMs
 */
export function createPacer(periodMs) {
  /** @type {Set<() => boolean>[]} */
  const slots = Array.from({ length: periodMs }, () => new Set())
  let nextSlot = 0
  let position = 0
  let size = 0

  return {
    get size() {
      return size
    },

    /**
     * @param {() => boolean} step says whether there is another step to take
     * @returns {() => void} takes the stream out again
     */
    add(step) {
      const slot = /** @type {Set<() => boolean>} */ (slots[nextSlot])
      nextSlot = (nextSlot + 1) % periodMs
      slot.add(step)
      size += 1
      return () => {
        if (slot.delete(step)) size -= 1
      }
    },

    /** @param {number} elapsedMs whole milliseconds */
    advance(elapsedMs) {
      for (let left = Math.min(elapsedMs, periodMs); left > 0; left -= 1) {
        const slot = /** @type {Set<() => boolean>} */ (slots[position])
        position = (position + 1) % periodMs
        for (const step of slot) {
          if (!step() && slot.delete(step)) size -= 1
        }
      }
    },
  }
}
