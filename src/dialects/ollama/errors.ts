import type { EncodedError } from '../../core/dialect.ts'
import type { JetwayError } from '../../core/errors.ts'

export function encodeError(error: JetwayError): EncodedError {
  return { status: error.status, body: { error: error.message } }
}
