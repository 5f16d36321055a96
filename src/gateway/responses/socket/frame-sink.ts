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

/** Writes a stream's events as text frames: the data of each goes out as it is, comments do not. */
export class FrameSink implements Sink {
  onDrain: (() => void) | undefined
  readonly #socket: WebSocket
  readonly #onLast: () => void
  readonly #reader = createFrameReader((text) => {
    this.#frame(text)
  })
  #held = false
  #over = false

  /** `onLast` is called once, with the frame after which the client may ask anew. */
  constructor(socket: WebSocket, onLast: () => void) {
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
    this.#last()
  }

  fail(error: JetwayError, _answer: EncodedError, headers: Readonly<Record<string, string>>): void {
    this.#frame(errorFrame(error, headers))
    this.#last()
  }

  failStream(_error: JetwayError, bytes: Uint8Array): void {
    this.end(bytes)
  }

  destroy(): void {
    this.#socket.terminate()
  }

  #frame(text: string): void {
    if (this.#over) return
    this.#socket.send(text, this.#sent)
    if (LAST.test(text)) this.#last()
  }

  #last(): void {
    if (this.#over) return
    this.#over = true
    this.#onLast()
  }

  readonly #sent = (): void => {
    if (!this.#held || this.#socket.bufferedAmount > GO_ON_BYTES) return
    this.#held = false
    this.onDrain?.()
  }
}
