import { codedError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'

/** A body the model's API does not take. */
export function invalidBody(message: string): Refusal {
  return new Refusal('body', codedError(400, 'invalid_request_body', message))
}
