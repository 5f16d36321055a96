import type { RequestRepair } from '../../core/dialect.ts'
import { isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isForeignOpaque } from './sealed-reasoning.ts'

/** Reasoning that was sealed by another wire and carried here in `reasoning_opaque` cannot be opened upstream. */
export function repairRequest({ messages }: JsonObject): readonly RequestRepair[] {
  if (!Array.isArray(messages) || !messages.some(isForeign)) return []
  const value = messages.map((message) =>
    isForeign(message) ? withoutReasoning(message) : message,
  )
  const reason = 'reasoning of another model is no use to this one, and refused'
  return [{ field: 'messages', value, reason, loses: 'reasoning' }]
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
