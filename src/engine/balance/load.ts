import type { Deployment } from '../../core/settings.ts'

const MINUTE_MS = 60_000

/** What one deployment carries now, against its own `rpm`, `tpm` and `max_parallel_requests`. */
export class Load {
  inFlight = 0
  #minute = -Infinity
  #requests = 0
  #tokens = 0

  /** Milliseconds until the deployment takes another call; 0 when it does now. */
  fullFor(deployment: Deployment, now: number): number {
    const { maxParallelRequests, requestsPerMinute, tokensPerMinute } = deployment
    if (maxParallelRequests !== undefined && this.inFlight >= maxParallelRequests) return 1000
    if (requestsPerMinute === undefined && tokensPerMinute === undefined) return 0
    this.#turn(now)
    const full =
      (requestsPerMinute !== undefined && this.#requests >= requestsPerMinute) ||
      (tokensPerMinute !== undefined && this.#tokens >= tokensPerMinute)
    return full ? this.#minute + MINUTE_MS - now : 0
  }

  begin(now: number): void {
    this.inFlight++
    this.#turn(now)
    this.#requests++
  }

  end(tokens: number, now: number): void {
    this.inFlight = Math.max(0, this.inFlight - 1)
    this.#turn(now)
    this.#tokens += tokens
  }

  #turn(now: number): void {
    if (now - this.#minute < MINUTE_MS) return
    this.#minute = now
    this.#requests = 0
    this.#tokens = 0
  }
}
