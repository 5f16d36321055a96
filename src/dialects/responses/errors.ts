import type { EncodedError } from '../../core/dialect.ts'
import {
  APIConnectionError,
  BadGatewayError,
  errorName,
  type ErrorName,
  isRetryable,
  type JetwayError,
} from '../../core/errors.ts'
import { asObject, type JsonObject } from '../../core/json.ts'
import { errorFromBody, openAiErrorBody } from '../chat/errors.ts'
import { namedEvent } from '../sse/write-event.ts'

/** Codes that clients of this wire act on: Codex compacts, waits or gives up by them. */
const CODES: Readonly<Partial<Record<ErrorName, string>>> = {
  ContextWindowExceededError: 'context_length_exceeded',
  ContentPolicyViolationError: 'content_filter',
  QuotaExceededError: 'insufficient_quota',
  BudgetExceededError: 'insufficient_quota',
  RateLimitError: 'rate_limit_exceeded',
  ServiceUnavailableError: 'server_is_overloaded',
}

export function encodeError(error: JetwayError): EncodedError {
  // The SDKs ask again after any 429; a budget that is used up stays so.
  const final = error.status === 429 && !isRetryable(error)
  return {
    status: error.status,
    body: openAiErrorBody(error),
    ...(final ? { headers: { 'x-should-retry': 'false' } } : {}),
  }
}

/** `error` of a failed response. */
export function failedError(error: JetwayError): JsonObject {
  return { code: CODES[errorName(error)] ?? 'server_error', message: error.message }
}

/**
 * What ends a stream that fails, as OpenAI itself does it: an `error` event, at which the SDKs throw, and `response.failed`,
 * which Codex reads. `response` is as much of the response as is known.
 */
export function failureEvents(
  error: JetwayError,
  response: JsonObject,
  sequenceNumber: number,
): string {
  const { error: detail } = openAiErrorBody(error)
  const { code, message } = failedError(error)
  return (
    namedEvent('error', {
      type: 'error',
      sequence_number: sequenceNumber,
      code,
      message,
      param: error.param ?? null,
      error: detail,
    }) +
    namedEvent('response.failed', {
      type: 'response.failed',
      sequence_number: sequenceNumber + 1,
      response: { ...response, status: 'failed', error: { code, message } },
    })
  )
}

/** An `error` event, a `response.failed`, or a body whose `status` is `failed`. */
export function readError(body: JsonObject): JetwayError {
  return errorFromBody(asObject(body['response']) ?? body)
}

/** The stream stopped without its closing event. */
export function cutStream(): APIConnectionError {
  return new APIConnectionError('The upstream ended the stream before the answer was complete.', {
    code: 'stream_cut',
  })
}

export function brokenEvent(): BadGatewayError {
  return new BadGatewayError('The upstream sent an event that is no JSON object.', {
    code: 'invalid_event',
  })
}
