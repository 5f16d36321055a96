import type { Content, FinishReason } from '../../core/conversation.ts'
import { asObject, type JsonObject } from '../../core/json.ts'
import type { ResponsesAnswer } from './types.ts'

/** Why the answer ended, from its status and what is in it. */
export function decodeFinish(answer: ResponsesAnswer, hasToolCall: boolean): FinishReason {
  if (answer.status === 'failed' || answer.status === 'cancelled') return 'error'
  if (answer.status === 'incomplete') {
    const reason = asObject(answer.incomplete_details)?.['reason']
    return reason === 'content_filter' ? 'filter' : 'length'
  }
  return hasToolCall ? 'tool' : 'stop'
}

export function hasToolCall(content: readonly Content[]): boolean {
  return content.some(({ type }) => type === 'tool-call')
}

/** `status` and what goes with it. */
export function encodeFinish(finish: FinishReason): JsonObject {
  switch (finish) {
    case 'length':
    case 'context':
      return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    case 'filter':
    case 'refusal':
      return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
    case 'error':
      return {
        status: 'failed',
        error: { code: 'server_error', message: 'The upstream ended the answer with an error.' },
      }
    default:
      return { status: 'completed' }
  }
}
