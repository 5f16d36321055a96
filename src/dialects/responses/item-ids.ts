import { isJsonObject, type JsonValue } from '../../core/json.ts'

/**
 * Ids of responses and items, made so that clients can rely on them.
 *
 * Copilot gives the same item another id in every event, and ids of some 400 characters that are bound to one connection:
 * sent back over another they are refused with 401 ("does not belong to this connection"). So the answer's way keeps the
 * first id of a response or item if it is of the usual form, and otherwise makes one from the call's own id; every later
 * event gets the same. The request's way drops the ids again (`withoutItemIds`): they are not needed where every
 * request brings the whole conversation, and the upstream does not know ours.
 */
export interface IdMaker {
  readonly response: string
  item(type: JsonValue | undefined, index: number): string
}

export function createIdMaker(requestId: string, nowMs: number): IdMaker {
  // Callers may send one request id many times; the time keeps their responses apart.
  const stem = `${requestId.replace(/[^A-Za-z0-9]/g, '').slice(-32)}${nowMs.toString(36)}`
  return {
    response: `resp_${stem}`,
    item: (type, index) => `${PREFIXES.get(type) ?? 'item'}_${stem}${index.toString(36)}`,
  }
}

const PREFIXES: ReadonlyMap<JsonValue | undefined, string> = new Map([
  ['message', 'msg'],
  ['reasoning', 'rs'],
  ['function_call', 'fc'],
  ['custom_tool_call', 'ctc'],
  ['local_shell_call', 'lsh'],
  ['web_search_call', 'ws'],
])

/** Short, and of letters that need no escape anywhere. */
export function isUsualId(id: string): boolean {
  return id.length <= 128 && /^[a-z]+_[\w-]+$/.test(id)
}

/** `input` without the ids of its items; the very same value when there are none. References keep theirs: it is all they have. */
export function withoutItemIds(input: JsonValue): JsonValue {
  if (!Array.isArray(input) || !input.some(hasOwnId)) return input
  return input.map((item) => {
    if (!hasOwnId(item)) return item
    const { id: _, ...rest } = item as { readonly id: JsonValue }
    return rest
  })
}

function hasOwnId(item: JsonValue): boolean {
  return isJsonObject(item) && item['id'] !== undefined && item['type'] !== 'item_reference'
}
