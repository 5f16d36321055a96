import { BadGatewayError } from '../../core/errors.ts'

/** Chunks of one body, joined once; a body that outgrows the bound is an error, not memory. */
export class BoundedBuffer {
  readonly #maxBytes: number
  readonly #chunks: Uint8Array[] = []
  #size = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  push(chunk: Uint8Array): void {
    this.#size += chunk.length
    if (this.#size > this.#maxBytes) {
      throw new BadGatewayError(`the upstream's answer is larger than ${this.#maxBytes} bytes`, {
        code: 'answer_too_large',
      })
    }
    this.#chunks.push(chunk)
  }

  join(): Uint8Array {
    const [only] = this.#chunks
    if (this.#chunks.length === 1 && only !== undefined) return only
    return Buffer.concat(this.#chunks)
  }
}
