import type { Answer, Content } from '../../core/conversation.ts'
import { BadGatewayError, BadRequestError } from '../../core/errors.ts'
import { asString, type JsonObject, type JsonValue } from '../../core/json.ts'
import { decodeBlock } from './decode-content.ts'
import { readError } from './errors.ts'
import { decodeStopReason } from './finish.ts'
import type { MessagesAnswer } from './types.ts'
import { decodeUsage } from './usage.ts'

/** The wire says no time; `created` 0 stands for unknown. */
export function decodeAnswer(body: JsonObject): Answer {
  if (body['type'] === 'error') throw readError(body)
  const answer = body as MessagesAnswer
  if (!Array.isArray(answer.content)) {
    throw new BadGatewayError('The upstream answered without the list `content`.', {
      code: 'invalid_answer',
    })
  }
  const stopSequence = asString(answer.stop_sequence)
  const usage = decodeUsage(answer.usage, answer.copilot_usage)
  return {
    id: asString(answer.id) ?? '',
    model: asString(answer.model) ?? '',
    created: 0,
    content: answer.content.map((block, index) => decodeAnswerBlock(block, `content[${index}]`)),
    finish: decodeStopReason(answer.stop_reason),
    ...(stopSequence === undefined ? {} : { stopSequence }),
    ...(usage ? { usage } : {}),
  }
}

/** The same blocks as in requests, but what is wrong with them is the upstream's fault. */
export function decodeAnswerBlock(block: JsonValue, where: string): Content {
  try {
    return decodeBlock(block, () => where)
  } catch (error) {
    if (!(error instanceof BadRequestError)) throw error
    throw new BadGatewayError(`The upstream answered with a broken block: ${error.message}`, {
      code: 'invalid_answer',
    })
  }
}
