import type { StreamDecoder, StreamEncoder, StreamOptions, Wire } from '../../core/dialect.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'
import type { Outlet } from './outlet.ts'
import type { Receiver } from './receiver.ts'

/** A stream of one wire made into another's: parts between, and one write for each chunk that came. */
export class TranslateStream implements Receiver {
  readonly #outlet: Outlet
  readonly #decoder: StreamDecoder
  readonly #encoder: StreamEncoder
  #text = ''
  finished = false
  usage: Usage | undefined
  failure: JetwayError | undefined

  constructor(outlet: Outlet, wire: Wire, encoder: StreamEncoder, options: StreamOptions) {
    this.#outlet = outlet
    this.#encoder = encoder
    this.#decoder = wire.createStreamDecoder((part) => {
      this.#take(part)
    }, options)
  }

  data(chunk: Uint8Array): boolean {
    this.#decoder.push(chunk)
    return this.#flush()
  }

  end(): void {
    this.#decoder.end()
    this.#flush()
    if (this.failure === undefined) this.#outlet.end()
  }

  fail(error: JetwayError): void {
    if (this.finished) {
      this.#outlet.end()
      return
    }
    this.#take({ type: 'error', error })
    this.#flush()
  }

  #take(part: Part): void {
    // A decoder ends with one terminal part; should one say more, the client is not told twice.
    if (this.failure !== undefined) return
    if (part.type === 'usage') this.usage = part.usage
    else if (part.type === 'turn-end') this.finished = true
    else if (part.type === 'error') this.failure = part.error
    this.#text += this.#encoder.push(part)
  }

  #flush(): boolean {
    const text = this.#text
    this.#text = ''
    if (this.failure !== undefined) {
      if (this.#outlet.ended) return true
      if (!this.#outlet.started) throw this.failure
      this.#outlet.failStream(this.failure, Buffer.from(text))
      return true
    }
    return text === '' ? true : this.#outlet.write(Buffer.from(text))
  }
}
