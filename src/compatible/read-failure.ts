import {
  AuthenticationError,
  BadRequestError,
  BudgetExceededError,
  ContentPolicyViolationError,
  ContextWindowExceededError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  QuotaExceededError,
  RateLimitError,
  ServiceUnavailableError,
  Timeout,
  UnprocessableEntityError,
  UnsupportedParamsError,
  errorFromStatus,
} from '../core/errors.ts'
import type { ErrorDetails, JetwayError } from '../core/errors.ts'
import type { Failure, Mend, Refusal } from '../core/upstream.ts'
import { readErrorBody } from './read-error-body.ts'
import type { ErrorBody } from './read-error-body.ts'
import { readRetryAfter } from './read-retry-after.ts'

/** Pure. What a refusal means: by the class that LiteLLM names in its text, by the code, by the words, by the status. */
export function readFailure(refusal: Refusal, provider: string, nowMs: number): Failure {
  const said = readErrorBody(refusal.body, refusal.status)
  const details: ErrorDetails = {
    llm_provider: provider,
    model: refusal.model,
    request_id: refusal.requestId,
    ...(said.code === undefined ? {} : { code: said.code }),
    ...(said.param === undefined ? {} : { param: said.param }),
    ...optional('retry_after', readRetryAfter(refusal.headers, nowMs)),
  }
  const Kind = kindOf(said, refusal.status)
  const error: JetwayError =
    Kind === undefined
      ? errorFromStatus(refusal.status, said.message, details)
      : new Kind(said.message, { ...details, ...statusFor(Kind, refusal.status) })
  return { error, mend: mendFor(said, refusal) }
}

type Kind = typeof JetwayError

function kindOf(said: ErrorBody, status: number): Kind | undefined {
  const named = said.className === undefined ? undefined : BY_NAME.get(said.className)
  if (named !== undefined && named !== BadRequestError) return named
  const byCode = said.code === undefined ? undefined : BY_CODE.get(said.code)
  if (byCode !== undefined) return byCode
  if (status >= 400 && status < 500) {
    const byWords = WORDS.find(([pattern]) => pattern.test(said.message))
    if (byWords !== undefined) return byWords[1]
  }
  return named
}

/** LiteLLM's names; ours are the same. Maps, since the words come from afar. */
const BY_NAME: ReadonlyMap<string, Kind> = new Map<string, Kind>(
  [
    BadRequestError,
    ContextWindowExceededError,
    ContentPolicyViolationError,
    UnsupportedParamsError,
    AuthenticationError,
    PermissionDeniedError,
    NotFoundError,
    Timeout,
    UnprocessableEntityError,
    RateLimitError,
    BudgetExceededError,
    InternalServerError,
    ServiceUnavailableError,
  ].map((Kind): [string, Kind] => [Kind.kind, Kind]),
)

const BY_CODE: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['context_length_exceeded', ContextWindowExceededError],
  ['model_max_prompt_tokens_exceeded', ContextWindowExceededError],
  ['content_filter', ContentPolicyViolationError],
  ['content_policy_violation', ContentPolicyViolationError],
  ['model_not_found', NotFoundError],
  ['insufficient_quota', QuotaExceededError],
  ['quota_exceeded', QuotaExceededError],
  ['budget_exceeded', BudgetExceededError],
])

const WORDS: readonly (readonly [RegExp, Kind])[] = [
  [
    /maximum context length|exceeds? (the )?context (limit|window)|longer than the model's context|input tokens exceed|maximum number of tokens allowed|prompt is too long/i,
    ContextWindowExceededError,
  ],
  [/content management policy|content policy|responsible ai/i, ContentPolicyViolationError],
]

/** A class may come with a status that is not its own, as LiteLLM's 422 that it calls a bad request. */
function statusFor(Kind: Kind, status: number): { readonly status?: number } {
  return Kind === QuotaExceededError || status < 400 ? {} : { status }
}

/** OpenAI's newer models take `max_completion_tokens` and say so. */
function mendFor(said: ErrorBody, { wire, model, status }: Refusal): Mend | undefined {
  if (status !== 400 || wire !== 'chat') return undefined
  const match =
    /'(max_tokens|max_completion_tokens)' is not supported.*'(max_tokens|max_completion_tokens)'/.exec(
      said.message,
    )
  const [, from, to] = match ?? []
  if (from === undefined || to === undefined || from === to) return undefined
  return { kind: 'rename-parameter', from, to, model }
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>)
}
