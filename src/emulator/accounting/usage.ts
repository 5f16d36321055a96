/** What one answer used. `input` holds everything read: fresh, from the cache, and written to it. */
export interface Usage {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  /** Reasoning included. */
  readonly output: number
  readonly reasoning: number
}
