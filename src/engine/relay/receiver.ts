import type { JetwayError } from '../../core/errors.ts'
import type { Usage } from '../../core/usage.ts'

/**
 * Takes the upstream's answer while it arrives and passes it on. What it throws before anything went out may be mended by
 * another attempt; a failure after that it ends the answer with, exactly once.
 */
export interface Receiver {
  /** `false`: hold the upstream back. Throws a `JetwayError`. */
  data(chunk: Uint8Array): boolean
  /** The upstream is done. Throws a `JetwayError`. */
  end(): void
  /** The connection, or the time, failed after something went out. */
  fail(error: JetwayError): void
  readonly usage: Usage | undefined
  /** About how many tokens of the answer have come so far. */
  readonly outputTokens: number
  /** The closing event was passed on: what fails now harms nobody. */
  readonly finished: boolean
  /** The error event with which the stream ended. */
  readonly failure: JetwayError | undefined
}
