import type { JsonObject } from '../../core/json.ts'

/** The wire takes no more marks than this; the last ones cover the longest prefix. */
const MOST_MARKS = 4

/** Brings the cache marks of a body to what the wire takes. Whether any of the caller's had to go. */
export function fitCacheMarks(body: JsonObject): boolean {
  const marked = [body['tools'], body['system'], body['messages']].flatMap(markedIn)
  if (marked.length === 0) markAgents(body)
  const surplus = marked.slice(0, Math.max(0, marked.length - MOST_MARKS))
  for (const item of surplus) delete item['cache_control']
  return surplus.length > 0
}

/** In the order of the cached prefix. The lists are the encoder's own, so marks may be taken off in place. */
function markedIn(list: JsonObject[string]): JsonObject[] {
  const marked: JsonObject[] = []
  for (const item of blocksOf(list)) {
    if (item['cache_control'] !== undefined) marked.push(item)
    if (item['role'] !== undefined || item['type'] === 'tool_result') {
      marked.push(...markedIn(item['content']))
    }
  }
  return marked
}

/**
 * This wire caches nothing that is not marked, and clients of other wires have no mark to set: an agent's whole conversation
 * would be paid for in full with every tool call. With tools there will be a next turn, so the end of the system prompt and
 * of the conversation are marked, as Anthropic's own clients do; a single question is left alone, since writing costs more.
 */
function markAgents(body: JsonObject): void {
  const tools = blocksOf(body['tools'])
  if (tools.length === 0) return
  const fixed = blocksOf(body['system']).at(-1) ?? tools.at(-1)
  const latest = blocksOf(blocksOf(body['messages']).at(-1)?.['content']).at(-1)
  for (const block of [fixed, latest]) {
    if (block && !UNMARKABLE.has(block['type'])) block['cache_control'] = { type: 'ephemeral' }
  }
}

const UNMARKABLE: ReadonlySet<JsonObject[string]> = new Set(['thinking', 'redacted_thinking'])

function blocksOf(list: JsonObject[string]): readonly JsonObject[] {
  return Array.isArray(list) ? (list as JsonObject[]) : []
}
