import type { JetwayError } from '../../core/errors.ts'
import { isRetryable } from '../../core/errors.ts'
import type { RouterSettings } from '../../core/settings.ts'

/**
 * Whether one target rests. Closed: all calls pass, failures of the last minute are counted. Open: none passes until
 * the rest is over. Then half open: one call goes ahead as a probe, and what becomes of it decides.
 */
export class TargetHealth {
  #failures = 0
  #countedSince = 0
  #restsUntil = 0
  #probing = false

  /** Milliseconds until the target may be tried; 0 when it may be now. */
  restsFor(now: number): number {
    if (this.#restsUntil === 0) return 0
    if (now < this.#restsUntil) return this.#restsUntil - now
    // The probe is out: who comes meanwhile looks elsewhere, and need not wait long to ask again.
    return this.#probing ? PROBE_PAUSE_MS : 0
  }

  /** The target was chosen. */
  begin(now: number): void {
    if (this.#restsUntil !== 0 && now >= this.#restsUntil) this.#probing = true
  }

  succeed(): void {
    this.#failures = 0
    this.#restsUntil = 0
    this.#probing = false
  }

  /** The call ended without saying anything about the target: aborted, or refused for what it asked. */
  abstain(): void {
    this.#probing = false
  }

  fail(error: JetwayError, now: number, router: RouterSettings): void {
    if (!countsAgainstTarget(error)) {
      this.abstain()
      return
    }
    const wasProbe = this.#probing
    this.#probing = false
    if (now - this.#countedSince >= WINDOW_MS) {
      this.#failures = 0
      this.#countedSince = now
    }
    this.#failures++
    const toldToWait = error.retry_after !== undefined || error.status === 429
    if (!wasProbe && !toldToWait && this.#failures <= router.allowedFails) return
    const told = Math.min((error.retry_after ?? 0) * 1000, LONGEST_REST_MS)
    this.#restsUntil = now + Math.max(router.cooldownMs, told)
  }
}

const WINDOW_MS = 60_000
const PROBE_PAUSE_MS = 1000
/** A limit that ends next week does not take a target out of service for so long: it is asked again once an hour. */
const LONGEST_REST_MS = 3_600_000

/** Whether the target is to blame: it is down, overloaded, or does not let us in. A request it refuses is not its fault. */
export function countsAgainstTarget(error: JetwayError): boolean {
  return isRetryable(error) || isTargetsOwnRefusal(error)
}

/** 401, 402, 403, 404: another target of the group may well take the same call. */
export function isTargetsOwnRefusal(error: JetwayError): boolean {
  return error.status >= 401 && error.status <= 404
}
