import type { EncodedError } from '../../core/dialect.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { Sink } from '../../core/sink.ts'

/** A client that keeps what it gets, and can be told to take no more for a while. */
export class RecordingSink implements Sink {
  onDrain: (() => void) | undefined
  status: number | undefined
  headers: Readonly<Record<string, string>> = {}
  readonly chunks: Uint8Array[] = []
  readonly events: string[] = []
  failure: { readonly error: JetwayError; readonly answer: EncodedError } | undefined
  /** Answers `false` to every write. */
  full = false
  onWrite: (() => void) | undefined

  get text(): string {
    return Buffer.concat(this.chunks).toString()
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.events.push('head')
    this.status = status
    this.headers = headers
  }

  write(bytes: Uint8Array): boolean {
    this.events.push('write')
    this.chunks.push(bytes)
    this.onWrite?.()
    return !this.full
  }

  end(bytes?: Uint8Array): void {
    this.events.push('end')
    if (bytes !== undefined) this.chunks.push(bytes)
  }

  fail(error: JetwayError, answer: EncodedError, headers: Readonly<Record<string, string>>): void {
    this.events.push('fail')
    this.failure = { error, answer }
    this.status = answer.status
    this.headers = headers
  }

  failStream(error: JetwayError, bytes: Uint8Array): void {
    this.events.push('failStream')
    this.chunks.push(bytes)
    this.failure = { error, answer: { status: 200, body: {} } }
  }

  destroy(error: JetwayError): void {
    this.events.push('destroy')
    this.failure = { error, answer: { status: 200, body: {} } }
  }
}
