import type { Call } from '../core/call.ts'
import { JetwayError, withDetails } from '../core/errors.ts'
import type { ErrorDetails } from '../core/errors.ts'
import type { AnswerHead } from './answer-sink.ts'

/** Of which call an error tells: every error has these three. */
export type CallFacts = Pick<ErrorDetails, 'request_id' | 'llm_provider' | 'model'>

/** Before any attempt nothing is known of a model upstream: then it is the one that was asked for. */
export function factsOfCall({ id, model }: Call): CallFacts {
  return { request_id: id, model: model === '' ? undefined : model }
}

/** Who answers says so in the head, as `github_copilot/gpt-4o`; the name behind the provider may hold slashes. */
export function factsOfAnswer({ headers }: AnswerHead, call: Call): CallFacts {
  const asked = factsOfCall(call)
  const name = headers['x-jetway-model'] ?? ''
  const slash = name.indexOf('/')
  return {
    request_id: headers['x-request-id'] ?? asked.request_id,
    llm_provider: slash > 0 ? name.slice(0, slash) : undefined,
    model: slash > 0 ? name.slice(slash + 1) : asked.model,
  }
}

/** The error with what it leaves unsaid; what is none of ours (an abort's reason) stays as it is. */
export function aboutCall(error: unknown, facts: CallFacts): unknown {
  if (!(error instanceof JetwayError)) return error
  const { request_id, llm_provider, model } = error
  return withDetails(error, {
    request_id: request_id ?? facts.request_id,
    llm_provider: llm_provider ?? facts.llm_provider,
    model: model ?? facts.model,
  })
}
