import type { RequestFacts } from '../../core/dialect.ts'
import { asArray, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import {
  optionalBoolean,
  optionalInteger,
  optionalString,
  requiredArray,
  requireObject,
  wrongField,
} from '../fields/read-fields.ts'

export function readFacts(body: JsonObject): RequestFacts {
  const messages = requiredArray(body, 'messages')
  if (messages.length === 0)
    throw wrongField('messages', 'a list of at least one message', messages)
  const at = messages.length - 1
  const last = requireObject(messages[at], `messages[${at}]`)
  const role = asString(last['role'])
  return {
    model: optionalString(body, 'model') ?? '',
    stream: optionalBoolean(body, 'stream') ?? false,
    lastTurn: role === 'user' ? 'user' : 'agent',
    lastTurnReason: `the last message has the role ${role === undefined ? 'of nobody' : role.slice(0, 20)}`,
    hasImages: messages.some((message) => isJsonObject(message) && holdsImage(message)),
    maxOutputTokens:
      optionalInteger(body, 'max_completion_tokens') ?? optionalInteger(body, 'max_tokens'),
    wantsSchema: asObject(body['response_format'])?.['type'] === 'json_schema',
  }
}

function holdsImage(message: JsonObject): boolean {
  return asArray(message['content']).some((part: JsonValue) => {
    if (!isJsonObject(part)) return false
    return (
      part['type'] === 'image_url' || part['type'] === 'image' || part['type'] === 'input_image'
    )
  })
}
