import type { Answer, Content } from '../../core/conversation.ts'
import { BadGatewayError, BadRequestError } from '../../core/errors.ts'
import {
  asArray,
  asNumber,
  asObject,
  asString,
  type JsonObject,
  type JsonValue,
} from '../../core/json.ts'
import { decodeSpokenItem } from './decode-item.ts'
import { readError } from './errors.ts'
import { decodeFinish, hasToolCall } from './finish.ts'
import type { ResponsesAnswer } from './types.ts'
import { decodeUsage } from './usage.ts'

export function decodeAnswer(body: JsonObject): Answer {
  const answer = body as ResponsesAnswer
  if (answer.status === 'failed' || (answer.error !== undefined && answer.error !== null)) {
    throw readError(body)
  }
  if (!Array.isArray(answer.output)) {
    throw new BadGatewayError('The upstream answered without the list `output`.', {
      code: 'invalid_answer',
    })
  }
  const content = answer.output.flatMap((item, index) => decodeAnswerItem(item, `output[${index}]`))
  const usage = decodeUsage(answer.usage, answer.copilot_usage)
  const logprobs = logprobsOf(answer.output)
  return {
    id: asString(answer.id) ?? '',
    model: asString(answer.model) ?? '',
    created: asNumber(answer.created_at) ?? 0,
    content,
    finish: decodeFinish(answer, hasToolCall(content)),
    ...(usage ? { usage } : {}),
    ...(logprobs ? { logprobs } : {}),
  }
}

/** The same items as in requests, but what is wrong with them is the upstream's fault. */
export function decodeAnswerItem(item: JsonValue, at: string): readonly Content[] {
  const value = asObject(item)
  try {
    if (value) return decodeSpokenItem(value, at)
  } catch (error) {
    if (!(error instanceof BadRequestError)) throw error
    throw new BadGatewayError(`The upstream answered with a broken item: ${error.message}`, {
      code: 'invalid_answer',
    })
  }
  throw new BadGatewayError('The upstream answered with an item that is no object.', {
    code: 'invalid_answer',
  })
}

/** In the form of the chat wire, which is the hub's. */
function logprobsOf(output: readonly JsonValue[]): JsonValue | undefined {
  const content = output
    .flatMap((item) => asArray(asObject(item)?.['content']))
    .flatMap((part) => asArray(asObject(part)?.['logprobs']))
  return content.length > 0 ? { content: [...content], refusal: null } : undefined
}
