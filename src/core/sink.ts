import type { JetwayError } from './errors.ts'

/**
 * Where an answer goes while it arrives: Node's response in the gateway, a queue in the SDK.
 * Order: `head` once, then `write` any number of times, then `end` once. After an abort of the call's signal nothing
 * more is called.
 */
export interface Sink {
  /** Header names in lower case. */
  head(status: number, headers: Readonly<Record<string, string>>): void
  /** `false`: hold back until `onDrain` is called. The bytes are the sink's now. */
  write(bytes: Uint8Array): boolean
  end(bytes?: Uint8Array): void
  /** Ends an answer whose head is out and that has no words left for its failure: the socket is cut, not closed well. */
  destroy(error: JetwayError): void
  /** Set by whoever writes; called when a held-back sink takes bytes again. */
  onDrain: (() => void) | undefined
}
