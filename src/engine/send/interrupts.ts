import type { Clock } from '../../core/clock.ts'
import { JetwayError, Timeout } from '../../core/errors.ts'
import type { Attempt } from './attempt.ts'

/**
 * What can end a call from outside: the client going away, and the deadline. One listener and one timer for the whole call,
 * whatever it waits for just then.
 */
export class Interrupts {
  readonly #clock: Clock
  readonly #signal: AbortSignal
  #reject: ((error: Error) => void) | undefined
  #cancelTimer: (() => void) | undefined
  /** The exchange under way; it minds the deadline itself. */
  attempt: Attempt | undefined
  aborted = false

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock
    this.#signal = signal
  }

  /** Starts listening. Throws when the client has gone already. */
  begin(): void {
    if (this.#signal.aborted) {
      this.aborted = true
      throw this.reason
    }
    this.#signal.addEventListener('abort', this)
  }

  set deadlineAt(at: number) {
    this.#cancelTimer = this.#clock.setTimer(at - this.#clock.monotonic(), () => {
      this.#reject?.(new Timeout('the call took longer than its timeout', { code: 'timeout' }))
    })
  }

  release(): void {
    this.#signal.removeEventListener('abort', this)
    this.#cancelTimer?.()
  }

  /** An `EventListener` as an object: no closure to bind. */
  handleEvent(): void {
    this.aborted = true
    this.attempt?.abort()
    this.#reject?.(this.reason)
  }

  get reason(): JetwayError {
    return new JetwayError('the client went away', {
      status: 499,
      code: 'client_closed_request',
      cause: this.#signal.reason,
    })
  }

  /** The promise, or the interruption, whichever is first. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject
      promise.then(
        (value) => {
          this.#reject = undefined
          resolve(value)
        },
        (error: unknown) => {
          this.#reject = undefined
          reject(error)
        },
      )
    })
  }

  pause(delayMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.setTimer(delayMs, () => {
        this.#reject = undefined
        resolve()
      })
      this.#reject = (error) => {
        cancel()
        reject(error)
      }
    })
  }
}
