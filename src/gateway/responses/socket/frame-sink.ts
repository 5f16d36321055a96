import type { WebSocket } from 'ws'
import type { EncodedError } from '../../../core/dialect.ts'
import type { JetwayError } from '../../../core/errors.ts'
import type { Sink } from '../../../core/sink.ts'
import { createFrameReader, errorFrame } from '../../../dialects/responses/index.ts'

/** Unsent bytes at which the upstream is held back, and those at which it goes on. */
const HOLD_BACK_BYTES = 1_048_576
const GO_ON_BYTES = 262_144
/** The events that end a response, as they begin. */
const LAST = /^\{"type": ?"response\.(?:completed|failed|incomplete|cancelled)"/
const FAILED = /^\{"type": ?"response\.failed"/
const ERROR = /^\{"type": ?"error"/

/** Writes a stream's events as text frames: the data of each goes out as it is, comments do not. */
export class FrameSink implements Sink {
  onDrain: (() => void) | undefined
  readonly #socket: WebSocket
  readonly #onLast: (failed: boolean) => void
  readonly #reader = createFrameReader((text) => {
    this.#event(text)
  })
  #held = false
  #failed = false
  #error: string | undefined
  #over = false

  /** `onLast` is called once, with the frame after which the client may ask anew. */
  constructor(socket: WebSocket, onLast: (failed: boolean) => void) {
    this.#socket = socket
    this.#onLast = onLast
  }

  head(): void {}

  write(bytes: Uint8Array): boolean {
    this.#reader.push(bytes)
    this.#held = this.#socket.bufferedAmount > HOLD_BACK_BYTES
    return !this.#held
  }

  end(bytes?: Uint8Array): void {
    if (bytes !== undefined) this.#reader.push(bytes)
    this.#reader.end()
    if (this.#error !== undefined) this.#frame(this.#error)
    this.#last()
  }

  fail(error: JetwayError, _answer: EncodedError, headers: Readonly<Record<string, string>>): void {
    this.#failed = true
    this.#frame(errorFrame(error, headers))
    this.#last()
  }

  failStream(_error: JetwayError, bytes: Uint8Array): void {
    this.#failed = true
    this.end(bytes)
  }

  destroy(): void {
    this.#socket.terminate()
  }

  /**
   * A stream that fails ends in two events, for SDKs and for Codex. On a socket each of them ends the turn, and the second would be
   * read as the answer to the next: here `response.failed` is enough, and `error` goes out only where nothing follows it.
   */
  #event(text: string): void {
    if (ERROR.test(text)) {
      this.#failed = true
      this.#error = text
      return
    }
    if (FAILED.test(text)) this.#failed = true
    this.#frame(text)
    if (LAST.test(text)) this.#last()
  }

  #frame(text: string): void {
    if (!this.#over) this.#socket.send(text, this.#sent)
  }

  #last(): void {
    if (this.#over) return
    this.#over = true
    this.#onLast(this.#failed)
  }

  readonly #sent = (): void => {
    if (!this.#held || this.#socket.bufferedAmount > GO_ON_BYTES) return
    this.#held = false
    this.onDrain?.()
  }
}
