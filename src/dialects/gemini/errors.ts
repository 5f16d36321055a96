import type { EncodedError } from '../../core/dialect.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'

/** https://cloud.google.com/apis/design/errors#handling_errors */
const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'UNIMPLEMENTED',
  408: 'DEADLINE_EXCEEDED',
  413: 'INVALID_ARGUMENT',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** Gemini CLI ignores `retry-after`; it reads the delay from `RetryInfo`. */
export function geminiErrorBody(error: JetwayError): JsonObject {
  const details: JsonObject[] = []
  if (error.code !== undefined)
    details.push({
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: error.code,
      domain: 'jetway',
    })
  if (error.param !== undefined)
    details.push({
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ field: error.param, description: error.message }],
    })
  if (error.retry_after !== undefined)
    details.push({
      '@type': 'type.googleapis.com/google.rpc.RetryInfo',
      retryDelay: `${error.retry_after}s`,
    })
  return {
    error: {
      code: error.status,
      message: error.message,
      status: STATUSES[error.status] ?? (error.status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT'),
      ...(details.length > 0 ? { details } : {}),
    },
  }
}

export function encodeError(error: JetwayError): EncodedError {
  return { status: error.status, body: geminiErrorBody(error) }
}
