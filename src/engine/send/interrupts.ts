import type { Awaitable } from '../../core/awaitable.ts'
import type { Call } from '../../core/call.ts'
import type { CancelSignal } from '../../core/cancel-signal.ts'
import type { Clock } from '../../core/clock.ts'
import { JetwayError, ServiceUnavailableError, Timeout } from '../../core/errors.ts'
import type { Stopwatch } from '../settle/stopwatch.ts'
import type { Attempt } from './attempt.ts'
import type { Sleeper, WakeUps } from './wake-ups.ts'

/**
 * What can end a call from outside: the client going away, the door that stops, and the deadline. One listener and one entry
 * among the wake-ups for the whole call, whatever it waits for just then.
 */
export class Interrupts implements Sleeper {
  readonly #clock: Clock
  readonly #wakeUps: WakeUps
  readonly #watch: Stopwatch
  readonly #signal: CancelSignal
  #reject: ((error: Error) => void) | undefined
  #deadlineAt = Infinity
  /** The exchange under way; it minds the deadline, too. */
  #attempt: Attempt | undefined
  wakeAt = Infinity
  place = -1
  /** By the client or by the door: nothing is tried any more. */
  aborted = false

  constructor(clock: Clock, wakeUps: WakeUps, watch: Stopwatch, { signal }: Call) {
    this.#clock = clock
    this.#wakeUps = wakeUps
    this.#watch = watch
    this.#signal = signal
  }

  /** Starts listening. Throws when the call is aborted already. */
  begin(): void {
    if (this.#signal.aborted) {
      this.aborted = true
      throw this.reason
    }
    this.#signal.addEventListener('abort', this)
  }

  set deadlineAt(at: number) {
    this.#deadlineAt = at
    this.wakeAt = at
    this.#wakeUps.add(this)
  }

  /** Until it is over, set to `undefined`. */
  set attempt(attempt: Attempt | undefined) {
    this.#attempt = attempt
    this.wakeAt = attempt?.nearest() ?? this.#deadlineAt
    this.#wakeUps.notice(this)
  }

  release(): void {
    this.#signal.removeEventListener('abort', this)
    this.#wakeUps.delete(this)
  }

  /** An `EventListener` as an object: no closure to bind. */
  handleEvent(): void {
    this.aborted = true
    const { reason } = this
    if (this.clientGone) this.#attempt?.abort()
    else this.#attempt?.stop(reason)
    this.#interrupt(reason)
  }

  wake(now: number): void {
    if (this.#attempt !== undefined) {
      this.#attempt.look(now)
      this.wakeAt = this.#attempt?.nearest() ?? this.#deadlineAt
      return
    }
    if (now < this.#deadlineAt) {
      this.wakeAt = this.#deadlineAt
      return
    }
    this.wakeAt = Infinity
    this.#interrupt(new Timeout('the call took longer than its timeout', { code: 'timeout' }))
  }

  /** Nobody is left to be told anything. */
  get clientGone(): boolean {
    return this.aborted && !(this.#signal.reason instanceof ServiceUnavailableError)
  }

  get reason(): JetwayError {
    const { reason } = this.#signal
    if (reason instanceof ServiceUnavailableError) return reason
    return new JetwayError('the client went away', {
      status: 499,
      code: 'client_closed_request',
      cause: reason,
    })
  }

  /** Waits for someone else, where there is something to wait for, unless the call is interrupted first; the time is not the gateway's. */
  waitFor<T>(value: Awaitable<T>): Awaitable<T> {
    if (!(value instanceof Promise)) return value
    this.#watch.waitBegins()
    return this.guard(value)
  }

  /** The same, but the time is the gateway's. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject
      promise.then(
        (value) => {
          this.#over(reject)
          resolve(value)
        },
        (error: unknown) => {
          this.#over(reject)
          reject(error)
        },
      )
    })
  }

  pause(delayMs: number): Promise<void> {
    this.#watch.waitBegins()
    return new Promise((resolve, reject) => {
      const stop = (error: Error): void => {
        cancel()
        reject(error)
      }
      const over = (): void => {
        this.#over(stop)
        resolve()
      }
      // Between two attempts there may be nothing else that keeps the process: a program that awaits its call must not end.
      const cancel = this.#clock.setTimer(delayMs, over, true)
      this.#reject = stop
    })
  }

  #interrupt(error: Error): void {
    const reject = this.#reject
    if (reject === undefined) return
    this.#over(reject)
    reject(error)
  }

  /** Only for the wait under way: what was interrupted may still settle, when nobody listens any more. */
  #over(reject: (error: Error) => void): void {
    if (this.#reject !== reject) return
    this.#reject = undefined
    this.#watch.waitEnds()
  }
}
