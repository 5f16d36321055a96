import { BadGatewayError } from '../../core/errors.ts'
import type { Usage } from '../../core/usage.ts'
import { BoundedBuffer } from './bounded-buffer.ts'
import type { Outlet } from './outlet.ts'
import type { Receiver } from './receiver.ts'

export interface Finished {
  readonly bytes: Uint8Array
  readonly usage?: Usage | undefined
}

/** An answer in one piece: collected, made into what the client understands, sent with its length. */
export class WholeReceiver implements Receiver {
  readonly #outlet: Outlet
  readonly #buffer: BoundedBuffer
  readonly #finish: (bytes: Uint8Array) => Finished
  usage: Usage | undefined
  /** Nothing of it is looked at before its end. */
  readonly outputTokens = 0
  readonly finished = false
  readonly failure = undefined

  constructor(outlet: Outlet, maxBytes: number, finish: (bytes: Uint8Array) => Finished) {
    this.#outlet = outlet
    this.#buffer = new BoundedBuffer(maxBytes)
    this.#finish = finish
  }

  data(chunk: Uint8Array): boolean {
    this.#buffer.push(chunk)
    return true
  }

  end(): void {
    const { bytes, usage } = this.#finish(this.#buffer.join())
    this.usage = usage
    this.#outlet.whole({ bytes, usage })
  }

  /** Unreachable in practice: nothing goes out before the end, and after it nothing can fail. */
  fail(): void {
    this.#outlet.failStream(
      new BadGatewayError('the upstream failed after its answer was complete'),
      new Uint8Array(0),
    )
  }
}
