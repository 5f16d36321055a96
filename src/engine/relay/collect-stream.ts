import type { Answer } from '../../core/conversation.ts'
import type { StreamDecoder, StreamOptions, Wire } from '../../core/dialect.ts'
import { BadGatewayError } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { Usage } from '../../core/usage.ts'
import type { Restorer } from '../../dialects/healing/index.ts'
import { tokensOfPart } from '../count/estimate-usage.ts'
import { collectParts } from './collect-parts.ts'
import type { PartCollector } from './collect-parts.ts'
import type { EarlyEnd } from './early-end.ts'
import type { Outlet } from './outlet.ts'
import type { Receiver } from './receiver.ts'

/** Streamed by the upstream, wanted whole by the client: put together, then sent in one piece. */
export class CollectStream implements Receiver {
  readonly #outlet: Outlet
  readonly #decoder: StreamDecoder
  readonly #collector: PartCollector
  readonly #maxBytes: number
  readonly #encode: (answer: Answer) => Uint8Array
  readonly #early: EarlyEnd | undefined
  #size = 0
  outputTokens = 0
  usage: Usage | undefined
  readonly finished = false
  readonly failure = undefined

  constructor(
    outlet: Outlet,
    wire: Wire,
    options: StreamOptions,
    maxBytes: number,
    encode: (answer: Answer) => Uint8Array,
    early?: EarlyEnd,
    /** With `early`: sees the parts first, so that it can tell the end. */
    restore?: Restorer,
  ) {
    this.#outlet = outlet
    this.#maxBytes = maxBytes
    this.#encode = encode
    this.#early = early
    this.#collector = collectParts()
    this.#decoder = wire.createStreamDecoder((part) => {
      early?.saw(part)
      this.outputTokens += tokensOfPart(part)
      this.#collector.push(part)
      if (early !== undefined) restore?.part(part)
    }, options)
  }

  data(chunk: Uint8Array): boolean {
    this.#size += chunk.length
    if (this.#size > this.#maxBytes) {
      throw new BadGatewayError(`the upstream's answer is larger than ${this.#maxBytes} bytes`, {
        code: 'answer_too_large',
      })
    }
    this.#decoder.push(chunk)
    const { failure } = this.#collector
    if (failure !== undefined) throw failure
    const ending = this.#early?.ending()
    if (ending === undefined) return true
    for (const part of ending) this.#collector.push(part)
    this.#finish()
    return true
  }

  end(): void {
    this.#decoder.end()
    this.#finish()
  }

  #finish(): void {
    const answer = this.#collector.answer()
    this.usage = answer.usage
    this.#outlet.whole({ bytes: this.#encode(answer), usage: answer.usage })
  }

  fail(error: JetwayError): void {
    this.#outlet.failStream(error, new Uint8Array(0))
  }
}
