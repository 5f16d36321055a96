import { asArray, asObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import { parseModel } from './parse-model.ts'

/** `{"object":"list","data":[…]}`; `undefined` when it is something else. Entries of one id are one model. */
export function parseCatalogue(body: string): readonly Model[] | undefined {
  const parsed = tryParseJson(body)
  const list = Array.isArray(parsed) ? parsed : asObject(parsed)?.['data']
  if (!Array.isArray(list)) return undefined
  const entries = new Map<string, JsonObject>()
  for (const item of asArray(list)) {
    const entry = asObject(item)
    const id = entry?.['id']
    if (!entry || typeof id !== 'string' || id === '') continue
    const known = entries.get(id)
    entries.set(id, known ? merge(known, entry) : entry)
  }
  return [...entries.values()].map(parseModel).filter((model) => model !== undefined)
}

/** The first entry's word counts; the second adds what the first does not say, and wires the first does not list. */
function merge(first: JsonObject, second: JsonObject): JsonObject {
  const merged: JsonObject = { ...second, ...first }
  for (const [name, value] of Object.entries(first)) {
    const other = second[name]
    const both = asObject(value)
    const added = asObject(other)
    if (both && added) merged[name] = merge(both, added)
    else if (name === 'supported_endpoints') merged[name] = union(asArray(value), asArray(other))
  }
  return merged
}

function union(first: readonly JsonValue[], second: readonly JsonValue[]): JsonValue[] {
  return [...new Set([...first, ...second])]
}
