import {
  APIConnectionError,
  AuthenticationError,
  BadRequestError,
  ContextWindowExceededError,
  InternalServerError,
  isRetryable,
  type JetwayError,
  NotFoundError,
  PayloadTooLargeError,
  PermissionDeniedError,
  QuotaExceededError,
  RateLimitError,
  ServiceUnavailableError,
  Timeout,
} from '../../core/errors.ts'
import type { EncodedError } from '../../core/dialect.ts'
import { asObject, asString, type JsonObject } from '../../core/json.ts'
import { errorFromBody } from '../chat/errors.ts'
import { namedEvent } from '../sse/write-event.ts'

/** The error types of https://docs.anthropic.com/en/api/errors. */
const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const CLASS_BY_TYPE: ReadonlyMap<string, typeof JetwayError> = new Map([
  ['invalid_request_error', BadRequestError],
  ['authentication_error', AuthenticationError],
  ['billing_error', QuotaExceededError],
  ['permission_error', PermissionDeniedError],
  ['not_found_error', NotFoundError],
  ['request_too_large', PayloadTooLargeError],
  ['rate_limit_error', RateLimitError],
  ['timeout_error', Timeout],
  ['api_error', InternalServerError],
  ['overloaded_error', ServiceUnavailableError],
])

export function encodeError(error: JetwayError, requestId: string): EncodedError {
  // The SDKs ask again after any 429; a budget that is used up stays so.
  const final = error.status === 429 && !isRetryable(error)
  return {
    status: error.status,
    body: errorBody(error, requestId),
    headers: final
      ? { 'request-id': requestId, 'x-should-retry': 'false' }
      : { 'request-id': requestId },
  }
}

export function errorBody(error: JetwayError, requestId: string | undefined): JsonObject {
  const type =
    TYPE_BY_STATUS[error.status] ?? (error.status < 500 ? 'invalid_request_error' : 'api_error')
  return {
    type: 'error',
    error: { type, message: messageFor(error) },
    ...(requestId === undefined ? {} : { request_id: requestId }),
  }
}

export function errorEvent(error: JetwayError, requestId: string | undefined): string {
  return namedEvent('error', errorBody(error, requestId))
}

/** Clients parse this wording to know that they must compact: `prompt is too long: N tokens > M maximum`. */
function messageFor(error: JetwayError): string {
  const { message } = error
  if (!(error instanceof ContextWindowExceededError)) return message
  if (message.includes('prompt is too long')) return message
  const [used, limit] = message.match(/\d{3,}/g) ?? []
  return used !== undefined && limit !== undefined
    ? `prompt is too long: ${used} tokens > ${limit} maximum`
    : `prompt is too long: ${message}`
}

/** Reads an error event of a stream, or the body of a failed call. */
export function readError(body: JsonObject): JetwayError {
  const error: JsonObject = asObject(body['error']) ?? body
  const type = asString(error['type'])
  const message = asString(error['message']) ?? 'The upstream reported an error without a message.'
  const code = asString(error['code']) ?? type
  if (message.includes('prompt is too long'))
    return new ContextWindowExceededError(message, { code })
  const Kind = CLASS_BY_TYPE.get(type ?? '')
  return Kind ? new Kind(message, { code }) : errorFromBody(body)
}

/** The stream stopped without `message_stop`. */
export function cutStream(): APIConnectionError {
  return new APIConnectionError('The upstream ended the stream before the answer was complete.', {
    code: 'stream_cut',
  })
}
