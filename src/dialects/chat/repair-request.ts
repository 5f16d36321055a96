import type { RequestRepair } from '../../core/dialect.ts'
import { asArray, asObject, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isForeignOpaque } from './sealed-reasoning.ts'

/** Reasoning that was sealed by another wire and carried here in `reasoning_opaque` cannot be opened upstream. */
export function repairRequest({ messages }: JsonObject): readonly RequestRepair[] {
  if (!Array.isArray(messages)) return []
  const foreign = messages.some(isForeign)
  const own = foreign
    ? messages.map((message) => (isForeign(message) ? withoutReasoning(message) : message))
    : messages
  const value = own.some(hasEmptyCall) ? own.map(withArguments) : own
  return [
    ...(foreign ? [{ field: 'messages', value, ...REASONING }] : []),
    ...(value === own ? [] : [{ field: 'messages', value, reason: EMPTY_CALL }]),
  ]
}

const REASONING = {
  reason: 'reasoning of another model is no use to this one, and refused',
  loses: 'reasoning',
}
/** Claude streams nothing for a call without arguments, and clients send that back as it came. */
const EMPTY_CALL = 'a call without arguments is an empty object: an empty text is no JSON'

function isEmptyCall(call: JsonValue): boolean {
  return isJsonObject(call) && asObject(call['function'])?.['arguments'] === ''
}

function hasEmptyCall(message: JsonValue): boolean {
  return isJsonObject(message) && asArray(message['tool_calls']).some(isEmptyCall)
}

function withArguments(message: JsonValue): JsonValue {
  if (!isJsonObject(message) || !hasEmptyCall(message)) return message
  const calls = asArray(message['tool_calls']).map((call): JsonValue => {
    if (!isJsonObject(call) || !isEmptyCall(call)) return call
    const named = asObject(call['function'])
    return Object.assign({}, call, { function: { ...named, arguments: '{}' } })
  })
  return { ...message, tool_calls: calls }
}

function isForeign(message: JsonValue): message is JsonObject {
  if (!isJsonObject(message)) return false
  const opaque = message['reasoning_opaque']
  return typeof opaque === 'string' && isForeignOpaque(opaque)
}

function withoutReasoning(message: JsonObject): JsonObject {
  const { reasoning_opaque: _, reasoning_text: __, ...rest } = message
  return rest
}
