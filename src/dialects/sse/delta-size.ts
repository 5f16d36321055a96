/**
 * About how many bytes of an answer events have brought that are all framed alike, without reading them: the smallest brought
 * next to nothing. For an estimate of what an answer cost that ended before its upstream said so.
 */
export class DeltaSize {
  #bytes = 0
  #events = 0
  #smallest = Infinity

  /** An event that brought a piece of the answer, and its length. */
  saw(length: number): void {
    this.#bytes += length
    this.#events += 1
    if (length < this.#smallest) this.#smallest = length
  }

  get bytes(): number {
    // The smallest had a word or two of its own.
    return this.#events === 0 ? 0 : this.#bytes - this.#events * (this.#smallest - SMALLEST_TEXT)
  }
}

const SMALLEST_TEXT = 2
