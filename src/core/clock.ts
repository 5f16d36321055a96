/** Time as a value, so that hours of retries, cooldowns and renewals can be tested in milliseconds. */
export interface Clock {
  /** Milliseconds since 1970. Jumps when the machine's clock is set. */
  now(): number
  /** Milliseconds from an arbitrary start; never goes back. For durations. */
  monotonic(): number
  /**
   * Runs `callback` once after `delayMs`; the returned function cancels it. Does not keep the process alive, unless someone
   * waits for it (`keepAlive`): a command that sleeps between two tries must not end in between.
   */
  setTimer(delayMs: number, callback: () => void, keepAlive?: boolean): () => void
}

/** `setTimeout` fires at once above this many milliseconds (2^31 - 1), so longer waits are cut to it. */
const LONGEST_TIMER_MS = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, callback, keepAlive = false) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS))
    if (!keepAlive) timer.unref()
    return () => {
      clearTimeout(timer)
    }
  },
}

/** Resolves after `delayMs`, and keeps the process alive until then; rejects with the signal's reason as soon as it aborts. */
export function wait(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error)
      return
    }
    const onAbort = (): void => {
      cancel()
      reject(signal?.reason as Error)
    }
    const wake = (): void => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }
    const cancel = clock.setTimer(delayMs, wake, true)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
