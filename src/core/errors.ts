import type { JsonValue } from './json.ts'

/** Survives two copies of the package in one application, where prototypes differ. */
const brand: unique symbol = Symbol.for('jetway.error') as never

/**
 * Every failure a caller can see: its HTTP status, and whether the same call may succeed a moment later.
 * `docs/errors.md` is made from this table.
 */
export const ERROR_TABLE = {
  JetwayError: { status: 500, retryable: false },
  BadRequestError: { status: 400, retryable: false },
  ContextWindowExceededError: { status: 400, retryable: false },
  ContentPolicyViolationError: { status: 400, retryable: false },
  UnsupportedParamsError: { status: 400, retryable: false },
  AuthenticationError: { status: 401, retryable: false },
  QuotaExceededError: { status: 402, retryable: false },
  PermissionDeniedError: { status: 403, retryable: false },
  NotFoundError: { status: 404, retryable: false },
  MethodNotAllowedError: { status: 405, retryable: false },
  PayloadTooLargeError: { status: 413, retryable: false },
  Timeout: { status: 504, retryable: true },
  UnprocessableEntityError: { status: 422, retryable: false },
  RateLimitError: { status: 429, retryable: true },
  BudgetExceededError: { status: 429, retryable: false },
  InternalServerError: { status: 500, retryable: true },
  APIConnectionError: { status: 502, retryable: true },
  BadGatewayError: { status: 502, retryable: true },
  ServiceUnavailableError: { status: 503, retryable: true },
} as const satisfies Record<string, { readonly status: number; readonly retryable: boolean }>

export type ErrorName = keyof typeof ERROR_TABLE

/** The names are the contract's and LiteLLM's, so that code written for LiteLLM reads the same. */
export interface ErrorDetails {
  readonly status?: number | undefined
  readonly llm_provider?: string | undefined
  readonly model?: string | undefined
  readonly request_id?: string | undefined
  /** Seconds until another try makes sense. */
  readonly retry_after?: number | undefined
  /** For programs: the upstream's own code where it has one (`model_not_supported`), else ours. */
  readonly code?: string | undefined
  /** The request field that is wrong. */
  readonly param?: string | undefined
  /** The upstream's answer, as far as it is safe to show: never a prompt, a token or a header. */
  readonly body?: JsonValue | undefined
  /** For the answer's head, in lower case: what is left of a limit. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly cause?: unknown
}

export class JetwayError extends Error {
  static readonly kind: ErrorName = 'JetwayError'
  /** The kinds this error is, from its own up to the root; `instanceof` reads these. */
  readonly [brand]: readonly string[]
  readonly status: number
  readonly llm_provider: string | undefined
  readonly model: string | undefined
  readonly request_id: string | undefined
  readonly retry_after: number | undefined
  readonly code: string | undefined
  readonly param: string | undefined
  readonly body: JsonValue | undefined
  readonly headers: Readonly<Record<string, string>> | undefined

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    const kinds = kindsOf(new.target)
    this[brand] = kinds
    this.name = kinds[0] ?? 'JetwayError'
    this.status = details.status ?? ERROR_TABLE[new.target.kind].status
    this.llm_provider = details.llm_provider
    this.model = details.model
    this.request_id = details.request_id
    this.retry_after = details.retry_after
    this.code = details.code
    this.param = details.param
    this.body = details.body
    this.headers = details.headers
  }

  static override [Symbol.hasInstance](this: { readonly kind: string }, value: unknown): boolean {
    return (
      typeof value === 'object' &&
      value !== null &&
      brand in value &&
      (value as JetwayError)[brand].includes(this.kind)
    )
  }
}

function kindsOf(target: typeof JetwayError): readonly ErrorName[] {
  const parent: unknown = Object.getPrototypeOf(target)
  return parent === Error ? [target.kind] : [target.kind, ...kindsOf(parent as typeof JetwayError)]
}

/** The name of the class, which is also the row of `ERROR_TABLE`. */
export function errorName(error: JetwayError): ErrorName {
  return (error[brand][0] ?? 'JetwayError') as ErrorName
}

/** Whether the same call may succeed a moment later. A 5xx of any class may; the table says the rest. */
export function isRetryable(error: JetwayError): boolean {
  return ERROR_TABLE[errorName(error)].retryable
}

/** A copy with more said about it: the place that knows the provider or the request id adds it. */
export function withDetails(error: JetwayError, details: ErrorDetails): JetwayError {
  const Kind = error.constructor as typeof JetwayError
  const { status, llm_provider, model, request_id, retry_after } = error
  const { code, param, body, headers, cause } = error
  const known: ErrorDetails = {
    status,
    llm_provider,
    model,
    request_id,
    retry_after,
    code,
    param,
    body,
    headers,
    cause,
  }
  const merged: Record<string, unknown> = { ...known }
  for (const [key, value] of Object.entries(details)) if (value !== undefined) merged[key] = value
  const copy = new Kind(error.message, merged)
  if (error.stack !== undefined) copy.stack = error.stack
  return copy
}

export class BadRequestError extends JetwayError {
  static override readonly kind: ErrorName = 'BadRequestError'
}
export class ContextWindowExceededError extends BadRequestError {
  static override readonly kind: ErrorName = 'ContextWindowExceededError'
}
export class ContentPolicyViolationError extends BadRequestError {
  static override readonly kind: ErrorName = 'ContentPolicyViolationError'
}
export class UnsupportedParamsError extends BadRequestError {
  static override readonly kind: ErrorName = 'UnsupportedParamsError'
}
export class AuthenticationError extends JetwayError {
  static override readonly kind: ErrorName = 'AuthenticationError'
}
/** The seat's own quota at GitHub is used up. A limit of ours is `BudgetExceededError`. */
export class QuotaExceededError extends JetwayError {
  static override readonly kind: ErrorName = 'QuotaExceededError'
}
export class PermissionDeniedError extends JetwayError {
  static override readonly kind: ErrorName = 'PermissionDeniedError'
}
export class NotFoundError extends JetwayError {
  static override readonly kind: ErrorName = 'NotFoundError'
}
export class MethodNotAllowedError extends JetwayError {
  static override readonly kind: ErrorName = 'MethodNotAllowedError'
}
export class PayloadTooLargeError extends JetwayError {
  static override readonly kind: ErrorName = 'PayloadTooLargeError'
}
/** 504 when the upstream was slow, 408 when it was the client. */
export class Timeout extends JetwayError {
  static override readonly kind: ErrorName = 'Timeout'
}
export class UnprocessableEntityError extends JetwayError {
  static override readonly kind: ErrorName = 'UnprocessableEntityError'
}
export class RateLimitError extends JetwayError {
  static override readonly kind: ErrorName = 'RateLimitError'
}
export class BudgetExceededError extends JetwayError {
  static override readonly kind: ErrorName = 'BudgetExceededError'
}
export class InternalServerError extends JetwayError {
  static override readonly kind: ErrorName = 'InternalServerError'
}
export class APIConnectionError extends JetwayError {
  static override readonly kind: ErrorName = 'APIConnectionError'
}
export class BadGatewayError extends JetwayError {
  static override readonly kind: ErrorName = 'BadGatewayError'
}
export class ServiceUnavailableError extends JetwayError {
  static override readonly kind: ErrorName = 'ServiceUnavailableError'
}

/** The class for an HTTP status that says nothing more. */
export function errorFromStatus(
  status: number,
  message: string,
  details: ErrorDetails = {},
): JetwayError {
  const Kind = BY_STATUS[status] ?? (status >= 500 ? InternalServerError : BadRequestError)
  return new Kind(message, { status, ...details })
}

const BY_STATUS: Readonly<Record<number, typeof JetwayError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  402: QuotaExceededError,
  403: PermissionDeniedError,
  404: NotFoundError,
  405: MethodNotAllowedError,
  408: Timeout,
  413: PayloadTooLargeError,
  422: UnprocessableEntityError,
  429: RateLimitError,
  500: InternalServerError,
  502: BadGatewayError,
  503: ServiceUnavailableError,
  504: Timeout,
}
