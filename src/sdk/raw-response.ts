import type { AnswerHead } from './answer-sink.ts'
import type { RawResponse, WithResponse } from './types/options.ts'

export function rawResponse(head: AnswerHead, requestId: string): RawResponse {
  return {
    status: head.status,
    headers: head.headers,
    request_id: head.headers['x-request-id'] ?? requestId,
  }
}

/** Puts what came with an answer beside it, without showing it in a print or a comparison. */
export function withResponse<T extends object>(answer: T, raw: RawResponse): WithResponse<T> {
  return Object.defineProperty(answer, '_response', { value: raw }) as WithResponse<T>
}
