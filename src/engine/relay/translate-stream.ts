import type { StreamDecoder, StreamEncoder, StreamOptions, Wire } from '../../core/dialect.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'
import { tokensOfPart } from '../count/estimate-usage.ts'
import type { EarlyEnd } from './early-end.ts'
import type { Outlet } from './outlet.ts'
import type { Receiver } from './receiver.ts'

/** A stream of one wire made into another's: parts between, and one write for each chunk that came. */
export class TranslateStream implements Receiver {
  readonly #outlet: Outlet
  readonly #decoder: StreamDecoder
  readonly #encoder: StreamEncoder
  readonly #early: EarlyEnd | undefined
  #text = ''
  finished = false
  outputTokens = 0
  usage: Usage | undefined
  failure: JetwayError | undefined

  constructor(
    outlet: Outlet,
    wire: Wire,
    encoder: StreamEncoder,
    options: StreamOptions,
    early?: EarlyEnd,
  ) {
    this.#outlet = outlet
    this.#encoder = encoder
    this.#early = early
    this.#decoder = wire.createStreamDecoder((part) => {
      this.#take(part)
    }, options)
  }

  data(chunk: Uint8Array): boolean {
    this.#decoder.push(chunk)
    const ending = this.#early?.ending()
    if (ending === undefined) return this.#flush()
    for (const part of ending) this.#take(part)
    this.#flush()
    this.#outlet.end()
    return true
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
    this.#early?.saw(part)
    this.outputTokens += tokensOfPart(part)
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
