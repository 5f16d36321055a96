import { asArray, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { withoutItemIds } from '../../dialects/responses/index.ts'

/** `input` as a list: a bare text is one message of the user. What is neither stays, to be refused by whoever reads it. */
export function itemsOfInput(input: JsonValue | undefined): JsonValue[] | undefined {
  if (typeof input === 'string') {
    return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
  }
  return Array.isArray(input) ? input : undefined
}

/** What comes before the next turn: all that was said to the model, and what it answered. */
export function conversationAfter(
  input: readonly JsonValue[],
  response: JsonObject,
): readonly JsonValue[] {
  // Ids are bound to the connection they came over, and nothing needs them in a conversation that is whole.
  const output = withoutItemIds(asArray(response['output']).filter(isJsonObject))
  return [...input, ...asArray(output).filter((item) => !isForgotten(item))]
}

/** Reasoning whose seal the client did not ask for: an upstream that keeps nothing cannot open it, and refuses it. */
function isForgotten(item: JsonValue): boolean {
  if (!isJsonObject(item) || item['type'] !== 'reasoning') return false
  return item['encrypted_content'] === undefined || item['encrypted_content'] === null
}
