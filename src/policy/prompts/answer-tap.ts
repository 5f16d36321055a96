import type { EncodedError } from '../../core/dialect.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { Sink } from '../../core/sink.ts'

/** Stands before the client's sink and keeps what passes, as long as `room` gives it room. */
export class AnswerTap implements Sink {
  readonly chunks: Uint8Array[] = []
  contentType = ''
  bytes = 0
  readonly #sink: Sink
  readonly #room: (bytes: number) => boolean

  constructor(sink: Sink, room: (bytes: number) => boolean) {
    this.#sink = sink
    this.#room = room
  }

  get onDrain(): (() => void) | undefined {
    return this.#sink.onDrain
  }
  set onDrain(callback: (() => void) | undefined) {
    this.#sink.onDrain = callback
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.contentType = headers['content-type'] ?? ''
    this.#sink.head(status, headers)
  }
  write(bytes: Uint8Array): boolean {
    this.#keep(bytes)
    return this.#sink.write(bytes)
  }
  end(bytes?: Uint8Array): void {
    if (bytes) this.#keep(bytes)
    this.#sink.end(bytes)
  }
  fail(error: JetwayError, answer: EncodedError, headers: Readonly<Record<string, string>>): void {
    this.#sink.fail(error, answer, headers)
  }
  failStream(error: JetwayError, bytes: Uint8Array): void {
    this.#sink.failStream(error, bytes)
  }
  destroy(error: JetwayError): void {
    this.#sink.destroy(error)
  }

  /** A copy: the bytes are the sink's, which may send or reuse them as it likes. */
  #keep(bytes: Uint8Array): void {
    if (!this.#room(bytes.length)) return
    this.chunks.push(bytes.slice())
    this.bytes += bytes.length
  }
}
