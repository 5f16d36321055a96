import type { Clock } from '../../core/clock.ts'

/** How much of a call's time was spent waiting for others; the rest is the gateway's own. */
export class Stopwatch {
  readonly #clock: Clock
  readonly #receivedAt: number
  #waitedMs = 0
  #waitingSince: number | undefined

  constructor(clock: Clock, receivedAt: number) {
    this.#clock = clock
    this.#receivedAt = receivedAt
  }

  waitBegins(): void {
    this.#waitingSince = this.#clock.monotonic()
  }

  waitEnds(): void {
    if (this.#waitingSince === undefined) return
    this.#waitedMs += this.#clock.monotonic() - this.#waitingSince
    this.#waitingSince = undefined
  }

  /** Time that someone else says the call waited. */
  waited(milliseconds: number): void {
    this.#waitedMs += milliseconds
  }

  sinceStartMs(): number {
    return this.#clock.monotonic() - this.#receivedAt
  }

  overheadMs(): number {
    const now = this.#clock.monotonic()
    const waiting = this.#waitingSince === undefined ? 0 : now - this.#waitingSince
    return Math.max(0, now - this.#receivedAt - this.#waitedMs - waiting)
  }
}
