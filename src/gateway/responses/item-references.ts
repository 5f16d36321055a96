import type { Caller } from '../../core/call.ts'
import { BadRequestError } from '../../core/errors.ts'
import { asArray, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { printable } from './printable.ts'
import type { ResponseBook } from './response-book.ts'

/** Responses that one request may point into. */
const MOST_RESPONSES = 200

/**
 * `item_reference`: SDKs that know a response to be stored send back only the ids of what it answered. An id of ours holds that
 * of its response, by which it is found; upstreams keep no items, so that each is put in as a whole.
 */
export async function resolveReferences(
  input: readonly JsonValue[],
  book: ResponseBook,
  caller: Caller,
): Promise<readonly JsonValue[]> {
  if (!input.some(isReference)) return input
  const known = new Map<string, readonly JsonObject[]>()
  const itemsOf = async (responseId: string): Promise<readonly JsonObject[]> => {
    const found = known.get(responseId)
    if (found !== undefined || known.size >= MOST_RESPONSES) return found ?? []
    const kept = await book.find(responseId, caller)
    const items = [...(kept?.input ?? []), ...asArray(kept?.response['output'])]
    const objects = items.filter(isJsonObject)
    known.set(responseId, objects)
    return objects
  }
  const resolved: JsonValue[] = []
  for (const item of input) resolved.push(isReference(item) ? await find(item, itemsOf) : item)
  return resolved
}

async function find(
  reference: JsonObject,
  itemsOf: (responseId: string) => Promise<readonly JsonObject[]>,
): Promise<JsonObject> {
  const id = asString(reference['id']) ?? ''
  for (const responseId of responsesOf(id)) {
    const item = (await itemsOf(responseId)).find((one) => one['id'] === id)
    if (item === undefined) continue
    const { id: _, ...rest } = item
    return rest
  }
  throw new BadRequestError(
    `Item with id '${printable(id)}' not found: send the item itself, or set store to true in the request that made it.`,
    { code: 'item_not_found', param: 'input' },
  )
}

/** `msg_<stem><index>` is of `resp_<stem>`; the index has one digit of base 36, or two. */
function responsesOf(itemId: string): readonly string[] {
  const stem = itemId.slice(itemId.indexOf('_') + 1)
  return stem.length < 4 ? [] : [`resp_${stem.slice(0, -1)}`, `resp_${stem.slice(0, -2)}`]
}

function isReference(item: JsonValue): item is JsonObject {
  return isJsonObject(item) && item['type'] === 'item_reference'
}
