import {
  BadRequestError,
  ContentPolicyViolationError,
  ContextWindowExceededError,
  QuotaExceededError,
  ServiceUnavailableError,
} from '../../core/errors.ts'
import type { ErrorDetails, JetwayError } from '../../core/errors.ts'
import type { Failure, Refusal } from '../../core/upstream.ts'
import { retryAfterFromGoogle } from './google-retry.ts'
import { classify } from './by-code.ts'
import { readContextOverflow } from './context-window.ts'
import type { ErrorBody } from './error-body.ts'
import { readErrorBody } from './error-body.ts'
import { codeOfStatus, explainStatus, sayQuota, sayRate } from './explain.ts'
import { readModelRefusal } from './model-refusal.ts'
import type { ModelKnowledge } from './model-refusal.ts'
import { readParameterLesson } from './parameter-lesson.ts'
import { retryAfterSeconds } from './retry-after.ts'
import { readTokenRefusal } from './token-refusal.ts'

export interface FailureContext extends ModelKnowledge {
  readonly nowMs: number
}

const FOREIGN_ITEM = /input item(?: ID)?\b[\s\S]{0,200}does not belong to this connection/i

/** What a refusal of Copilot's means, and what would mend it. */
export function readCopilotFailure(refusal: Refusal, context: FailureContext): Failure {
  const said = readErrorBody(refusal.body)
  const details: ErrorDetails = {
    llm_provider: 'github_copilot',
    model: refusal.model,
    request_id: refusal.requestId,
    code: said.code || undefined,
    param: said.param,
    retry_after:
      retryAfterSeconds(refusal.headers, context.nowMs) ?? retryAfterFromGoogle(refusal.body),
    body: safeBody(said),
  }
  return (
    special(refusal, said, details) ??
    (refusal.status === 401 || refusal.status === 403 || refusal.status === 400
      ? readTokenRefusal(refusal, said, details)
      : undefined) ??
    readModelRefusal(refusal, said, details, context) ??
    general(refusal, said, details)
  )
}

/** What neither status nor code tells. */
function special(refusal: Refusal, said: ErrorBody, details: ErrorDetails): Failure | undefined {
  const { status } = refusal
  const { code, message } = said
  if (FOREIGN_ITEM.test(message)) {
    const error = new BadRequestError(message, { ...details, code: 'foreign_item_id' })
    return { error, mend: { kind: 'drop-item-ids' } }
  }
  if (status === 421) {
    return { error: explainStatus(refusal, details), mend: { kind: 'resolve-host' } }
  }
  if (status === 466) {
    return { error: explainStatus(refusal, details), mend: { kind: 'newer-api-version' } }
  }
  const overflow = readContextOverflow(code, message)
  if (overflow && status !== 429) {
    const { promptTokens, limit } = overflow
    const numbers =
      promptTokens === undefined || limit === undefined
        ? {}
        : { prompt_tokens: promptTokens, max_prompt_tokens: limit }
    const body = { ...safeBody(said), ...numbers }
    const error = new ContextWindowExceededError(message, {
      ...details,
      code: code ?? 'context_length_exceeded',
      body,
    })
    return { error }
  }
  // Until 2026 a used-up quota came as a 429 that asks to wait for weeks.
  if (status === 429 && (/^quota exceeded/i.test(message) || code === 'quota_exceeded')) {
    return {
      error: new QuotaExceededError(sayQuota(said, details), {
        ...details,
        code: 'quota_exceeded',
      }),
    }
  }
  // Comes and goes with the machine that serves the call.
  if (/FAILED_PRECONDITION[\s\S]*vertexai\./.test(message)) {
    return { error: new ServiceUnavailableError(message, details) }
  }
  if (status === 400 && /\boff_topic\b/.test(message)) {
    return { error: new ContentPolicyViolationError(message, { ...details, code: 'off_topic' }) }
  }
  return undefined
}

function general(refusal: Refusal, said: ErrorBody, details: ErrorDetails): Failure {
  const { status, model } = refusal
  const { Kind, status: answered } = classify(status, said.code, said.type)
  const code = details.code ?? codeOfStatus(status)
  const error = new Kind(messageFor(Kind, refusal, said, details), {
    ...details,
    status: answered,
    code,
  })
  const mend =
    status <= 400 ? readParameterLesson(said.code, said.param, said.message, model) : undefined
  return mend ? { error, mend } : { error }
}

function messageFor(
  Kind: typeof JetwayError,
  refusal: Refusal,
  said: ErrorBody,
  details: ErrorDetails,
): string {
  if (Kind === QuotaExceededError) return sayQuota(said, details)
  if (refusal.status === 429) return sayRate(refusal, said)
  return said.message === '' ? explainStatus(refusal, details).message : said.message
}

/** Only what the error is about; an answer of an unknown form may repeat what was sent. */
function safeBody(said: ErrorBody): { [key: string]: string } {
  const body: { [key: string]: string } = {}
  if (said.message !== '') body['message'] = said.message
  if (said.code) body['code'] = said.code
  if (said.type) body['type'] = said.type
  if (said.param) body['param'] = said.param
  return body
}
