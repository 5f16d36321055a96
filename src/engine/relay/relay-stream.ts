import type { RelayFilter } from '../../core/dialect.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { Usage } from '../../core/usage.ts'
import type { Outlet } from './outlet.ts'
import type { Receiver } from './receiver.ts'

const BYTES_PER_TOKEN = 4

/** A stream that client and upstream both understand: the bytes pass, the filter mends and taps. */
export class RelayStream implements Receiver {
  readonly #outlet: Outlet
  readonly #filter: RelayFilter

  constructor(outlet: Outlet, filter: RelayFilter) {
    this.#outlet = outlet
    this.#filter = filter
  }

  get usage(): Usage | undefined {
    return this.#filter.usage
  }

  get outputTokens(): number {
    return this.#filter.answerBytes / BYTES_PER_TOKEN
  }

  get finished(): boolean {
    return this.#filter.finished
  }

  get failure(): JetwayError | undefined {
    return this.#filter.failure
  }

  data(chunk: Uint8Array): boolean {
    const bytes = this.#filter.push(chunk)
    const { failure } = this.#filter
    if (failure !== undefined) return this.#failed(failure, bytes)
    return bytes.length === 0 ? true : this.#outlet.write(bytes)
  }

  end(): void {
    const bytes = this.#filter.end()
    const { failure } = this.#filter
    if (failure !== undefined) this.#failed(failure, bytes)
    else {
      if (bytes.length > 0) this.#outlet.write(bytes)
      this.#outlet.end()
    }
  }

  fail(error: JetwayError): void {
    if (this.finished) this.#outlet.end()
    else this.#outlet.failStream(error, this.#filter.fail(error))
  }

  /** An error event ends the stream. As its first event it has not gone out yet, and the call can still be answered otherwise. */
  #failed(failure: JetwayError, bytes: Uint8Array): boolean {
    if (!this.#outlet.started) throw failure
    this.#outlet.failStream(failure, bytes)
    return true
  }
}
