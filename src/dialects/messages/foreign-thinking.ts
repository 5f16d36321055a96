import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { unwrapSealed } from '../../core/sealed.ts'

/**
 * `messages` of a request without thinking that was made elsewhere: wrapped by us for a client that then changed to a Claude
 * model, or never signed. The wire refuses a whole request for one of them, so a vendor's `prepare` sets this where a
 * request is relayed as it came. The very same value when there is none.
 */
export function withoutForeignThinking(messages: JsonValue): JsonValue {
  if (!Array.isArray(messages)) return messages
  let changed = false
  const kept = messages.map((message): JsonValue => {
    if (!isJsonObject(message) || !Array.isArray(message['content'])) return message
    const content = message['content'].filter((block) => !isForeignThinking(block))
    if (content.length === message['content'].length) return message
    changed = true
    return { ...message, content }
  })
  if (!changed) return messages
  // A turn of nothing but thinking would be empty now, which is refused as well.
  return kept.filter(
    (message) =>
      !isJsonObject(message) || !Array.isArray(message['content']) || message['content'].length > 0,
  )
}

function isForeignThinking(block: JsonValue): boolean {
  if (!isJsonObject(block)) return false
  const { type, signature, data } = block
  if (type === 'thinking') return signature === '' || isWrapped(signature)
  return type === 'redacted_thinking' && isWrapped(data)
}

function isWrapped(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && unwrapSealed(value) !== undefined
}
