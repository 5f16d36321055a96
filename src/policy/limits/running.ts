/** The calls under way in one scope, by id, each with the time when its place is free at the latest. */
export class Running {
  readonly #until = new Map<string, number>()
  /** Nothing is overdue before: what is there is looked through only then. */
  #earliest = Infinity

  get size(): number {
    return this.#until.size
  }

  add(callId: string, untilMs: number): void {
    this.#until.set(callId, untilMs)
    this.#earliest = Math.min(this.#earliest, untilMs)
  }

  delete(callId: string): void {
    // Where there is no limit nothing is kept, and no id need be looked up.
    if (this.#until.size > 0) this.#until.delete(callId)
  }

  /** Forgets calls that never came back. */
  turn(nowMs: number): void {
    if (nowMs < this.#earliest) return
    this.#earliest = Infinity
    for (const [callId, until] of this.#until) {
      if (until <= nowMs) this.#until.delete(callId)
      else this.#earliest = Math.min(this.#earliest, until)
    }
  }
}
