import { isJsonObject } from '../../core/json.ts'
import type { JsonValue } from '../../core/json.ts'

/** Begins the ids of searches that were done for the model by another one. */
export const SEARCH_ID = 'srvtoolu_jetway_'

/**
 * `messages` of a request without the blocks of searches that another model did: their contents are not encrypted by Anthropic, and the
 * wire would refuse the conversation for it. The text stays. The very same value when there are none.
 */
export function withoutOwnSearches(messages: JsonValue): JsonValue {
  if (!Array.isArray(messages)) return messages
  let changed = false
  const kept = messages.map((message): JsonValue => {
    if (!isJsonObject(message) || !Array.isArray(message['content'])) return message
    const content = message['content']
    if (!content.some(isOwn)) return message
    changed = true
    return { ...message, content: content.filter((block) => !isOwn(block)).map(withoutCitations) }
  })
  return changed ? kept : messages
}

function isOwn(block: JsonValue): boolean {
  if (!isJsonObject(block)) return false
  const id = block['type'] === 'server_tool_use' ? block['id'] : block['tool_use_id']
  return typeof id === 'string' && id.startsWith(SEARCH_ID)
}

function withoutCitations(block: JsonValue): JsonValue {
  if (!isJsonObject(block) || block['citations'] === undefined) return block
  const { citations: _theirs, ...rest } = block
  return rest
}
