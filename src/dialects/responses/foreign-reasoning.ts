import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { unwrapSealed } from '../../core/sealed.ts'

/**
 * `input` without reasoning that was made elsewhere and wrapped by us for a client that then changed to a model of this
 * wire, which refuses a whole request for it ("could not be verified"). A vendor's `prepare` sets this where a request is
 * relayed as it came. The very same value when there is none.
 */
export function withoutForeignReasoning(input: JsonValue): JsonValue {
  if (!Array.isArray(input) || !input.some(isForeign)) return input
  return input.filter((item) => !isForeign(item))
}

function isForeign(item: JsonValue): boolean {
  if (!isJsonObject(item) || item['type'] !== 'reasoning') return false
  const seal = item['encrypted_content']
  return typeof seal === 'string' && unwrapSealed(seal) !== undefined
}
