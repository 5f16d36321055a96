import type { Answer } from '../../core/conversation.ts'
import type { EncodeContext } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { chatFromFinish } from '../chat/finish.ts'
import { chatUsage } from '../chat/usage.ts'
import { readPrompt } from './decode-request.ts'
import { completionLogprobs } from './logprobs.ts'

export function encodeAnswer(answer: Answer, context: EncodeContext): JsonObject {
  const text = answer.content.map((entry) => (entry.type === 'text' ? entry.text : '')).join('')
  const echoed = echoOf(context)
  return {
    id: `cmpl-${context.requestId}`,
    object: 'text_completion',
    created: answer.created || Math.floor(context.nowMs / 1000),
    model: context.model,
    choices: [
      {
        text: echoed + text,
        index: 0,
        logprobs: completionLogprobs(answer.logprobs, echoed.length),
        finish_reason: chatFromFinish(answer.finish),
      },
    ],
    ...(answer.usage === undefined ? {} : { usage: chatUsage(answer.usage) }),
  }
}

/** `echo` asks for the prompt in front of the completion. */
export function echoOf(context: EncodeContext): string {
  return context.request['echo'] === true ? readPrompt(context.request) : ''
}
