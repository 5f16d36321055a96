import type { Answer, Content } from '../../core/conversation.ts'
import { BadGatewayError, BadRequestError } from '../../core/errors.ts'
import { asArray, asNumber, asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { decodeAssistant } from './decode-message.ts'
import { finishFromChat } from './finish.ts'
import { repairBody } from './repair-answer.ts'
import { readUsage } from './usage.ts'

/** Throws a `JetwayError` when the body is no answer. Further choices are left to the relay, the only way to ask for them. */
export function decodeAnswer(parsed: JsonObject): Answer {
  const { body } = repairBody(parsed, {
    requestId: 'answer',
    includeUsage: true,
    nowMs: 0,
    candidates: 1,
  })
  const choice = asObject(asArray(body['choices'])[0]) ?? {}
  const content = decodeContent(asObject(choice['message']) ?? {})
  const logprobs = choice['logprobs']
  return {
    id: asString(body['id']) ?? '',
    model: asString(body['model']) ?? '',
    created: asNumber(body['created']) ?? 0,
    content,
    finish: finishFromChat(
      asString(choice['finish_reason']),
      content.some((entry) => entry.type === 'tool-call'),
    ),
    usage: readUsage(body),
    ...(logprobs === undefined || logprobs === null ? {} : { logprobs }),
  }
}

/** The same reader as for requests, where what is wrong would be the client's fault. */
function decodeContent(message: JsonObject): readonly Content[] {
  try {
    return decodeAssistant(message, 'choices[0].message.')
  } catch (error) {
    if (!(error instanceof BadRequestError)) throw error
    throw new BadGatewayError(`The upstream's answer cannot be read: ${error.message}`, {
      code: 'broken_answer',
      cause: error,
    })
  }
}
