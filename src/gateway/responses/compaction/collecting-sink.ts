import type { EncodedError } from '../../../core/dialect.ts'
import { BadGatewayError } from '../../../core/errors.ts'
import type { JetwayError } from '../../../core/errors.ts'
import { isJsonObject, tryParseJson } from '../../../core/json.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Sink } from '../../../core/sink.ts'

export interface Refused {
  readonly error: JetwayError
  readonly answer: EncodedError | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** Takes a whole answer that is not meant for the client as it is. The engine has bounded its length. */
export class CollectingSink implements Sink {
  onDrain: (() => void) | undefined
  headers: Readonly<Record<string, string>> = {}
  refused: Refused | undefined
  #chunks: Uint8Array[] = []
  /** The answer came to its end; after an abort it does not. */
  complete = false

  head(_status: number, headers: Readonly<Record<string, string>>): void {
    this.headers = headers
  }

  write(bytes: Uint8Array): boolean {
    this.#chunks.push(bytes)
    return true
  }

  end(bytes?: Uint8Array): void {
    if (bytes !== undefined) this.#chunks.push(bytes)
    this.complete = true
  }

  fail(error: JetwayError, answer: EncodedError, headers: Readonly<Record<string, string>>): void {
    this.refused = { error, answer, headers }
  }

  failStream(error: JetwayError): void {
    this.destroy(error)
  }

  destroy(error: JetwayError): void {
    this.refused = { error, answer: undefined, headers: {} }
  }

  json(): JsonObject {
    const value = tryParseJson(Buffer.concat(this.#chunks).toString('utf8'))
    if (isJsonObject(value)) return value
    throw new BadGatewayError('the answer is no JSON object', { code: 'invalid_answer' })
  }
}
