import type { Clock } from '../../core/clock.ts'

/** Something that wants to look at the time later. It may change its mind before: then it is woken too early, and looks. */
export interface Sleeper {
  /** On the monotonic clock. */
  readonly wakeAt: number
  /** Its place among the others, kept by `WakeUps`; -1 when it is not there. */
  place: number
  wake(now: number): void
}

/**
 * One timer for all calls of an engine. Setting and clearing a timer for each call, let alone for each chunk, costs more than
 * all other bookkeeping; here a call costs an entry in a list, and the timer fires only at the nearest moment of all.
 *
 * The list is an array in which the last entry takes the place of one that leaves.
 */
export class WakeUps {
  readonly #clock: Clock
  readonly #sleepers: Sleeper[] = []
  #armedAt = Infinity
  #cancel: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(sleeper: Sleeper): void {
    sleeper.place = this.#sleepers.push(sleeper) - 1
    this.notice(sleeper)
  }

  delete(sleeper: Sleeper): void {
    if (sleeper.place === -1) return
    const last = this.#sleepers.pop()
    if (last === undefined) return
    if (last !== sleeper) {
      this.#sleepers[sleeper.place] = last
      last.place = sleeper.place
    }
    sleeper.place = -1
  }

  /** Its moment may be nearer now. */
  notice({ wakeAt }: Sleeper): void {
    if (wakeAt < this.#armedAt) this.#arm(wakeAt)
  }

  #arm(at: number): void {
    this.#cancel?.()
    this.#armedAt = at
    this.#cancel = this.#clock.setTimer(at - this.#clock.monotonic(), () => {
      this.#fire()
    })
  }

  #fire(): void {
    this.#cancel = undefined
    // Nothing re-arms the timer from within: the nearest moment is known after all have looked.
    this.#armedAt = -Infinity
    const now = this.#clock.monotonic()
    // From the end: one that leaves while it is woken is replaced by one that has been looked at already.
    for (let at = this.#sleepers.length - 1; at >= 0; at--) {
      const sleeper = this.#sleepers[at]
      if (sleeper !== undefined && sleeper.wakeAt <= now) sleeper.wake(now)
    }
    let nearest = Infinity
    for (const { wakeAt } of this.#sleepers) nearest = Math.min(nearest, wakeAt)
    this.#armedAt = Infinity
    // A timer may fire a little early by the other clock; never less than a millisecond, so that it cannot spin.
    if (nearest !== Infinity) this.#arm(Math.max(nearest, now + 1))
  }
}
