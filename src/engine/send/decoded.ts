import type { Call } from '../../core/call.ts'
import type { Conversation } from '../../core/conversation.ts'
import type { Dialect, RequestPath } from '../../core/dialect.ts'
import type { EmbeddingRequest } from '../../core/embedding.ts'
import { JetwayError } from '../../core/errors.ts'
import type { Decoded } from '../plan/plan-input.ts'

export const NO_PATH: RequestPath = { params: {}, query: new Map() }

/** The request in the hub's form, decoded when first asked for and then kept: attempts share it. */
export class DecodedOnce implements Decoded {
  readonly #call: Call
  readonly #dialect: Dialect
  #conversation: Conversation | undefined
  #embedding: EmbeddingRequest | undefined

  constructor(call: Call, dialect: Dialect) {
    this.#call = call
    this.#dialect = dialect
  }

  conversation(): Conversation {
    if (this.#conversation === undefined) {
      if (this.#dialect.operation === 'embed') throw wrongOperation(this.#dialect)
      this.#conversation = this.#dialect.decodeRequest(
        this.#call.body.json,
        this.#call.path ?? NO_PATH,
      )
    }
    return this.#conversation
  }

  embedding(): EmbeddingRequest {
    if (this.#embedding === undefined) {
      if (this.#dialect.operation !== 'embed') throw wrongOperation(this.#dialect)
      this.#embedding = this.#dialect.decodeRequest(
        this.#call.body.json,
        this.#call.path ?? NO_PATH,
      )
    }
    return this.#embedding
  }
}

function wrongOperation(dialect: Dialect): JetwayError {
  return new JetwayError(`${dialect.id} is a dialect for ${dialect.operation}`, {
    code: 'internal_error',
  })
}
