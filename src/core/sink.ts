import type { EncodedError } from './dialect.ts'
import type { JetwayError } from './errors.ts'

/**
 * Where an answer goes while it arrives: Node's response in the gateway, a queue in the SDK.
 *
 * Order: `head` once, then `write` any number of times, then one of `end`, `failStream`, `destroy`; or `fail` alone, when it
 * failed before the head. After the client went away nothing more is called.
 */
export interface Sink {
  /** Header names in lower case. */
  head(status: number, headers: Readonly<Record<string, string>>): void
  /** `false`: hold back until `onDrain` is called. The bytes are the sink's now. */
  write(bytes: Uint8Array): boolean
  end(bytes?: Uint8Array): void
  /** No head is out yet: the answer is this error, in the call's dialect. A door in this process throws the error itself. */
  fail(error: JetwayError, answer: EncodedError, headers: Readonly<Record<string, string>>): void
  /** The head is out: `bytes` is the dialect's error event, with which the stream ends. */
  failStream(error: JetwayError, bytes: Uint8Array): void
  /** The head is out and the dialect has no words for a failure here (a whole answer cut in two): cut, do not close well. */
  destroy(error: JetwayError): void
  /** Set by whoever writes; called when a sink that held back takes bytes again. */
  onDrain: (() => void) | undefined
}
