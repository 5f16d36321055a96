import { anthropicError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'

/** A refusal as Anthropic words it. */
export function invalidMessages(message: string): Refusal {
  return new Refusal('body', anthropicError(400, 'invalid_request_error', message))
}

export function extraInput(path: string): Refusal {
  return invalidMessages(`${path}: Extra inputs are not permitted`)
}
