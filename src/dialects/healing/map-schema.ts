import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'

/** Deeper schemas are passed on as they are: nobody writes them by hand, and a wire may refuse them itself. */
const MOST_DEPTH = 64

const SCHEMA = ['items', 'additionalProperties', 'not', 'contains', 'propertyNames']
const LIST = ['anyOf', 'allOf', 'oneOf', 'prefixItems']
/** Names of properties are not keywords: a property called `pattern` is none. */
const NAMED = ['properties', '$defs', 'definitions', 'patternProperties']

/** Changes a JSON schema and all within it, the innermost first; the very same object where nothing was changed. */
export function mapSchema(
  schema: JsonObject,
  change: (schema: JsonObject) => JsonObject,
  depth = 0,
): JsonObject {
  if (depth > MOST_DEPTH) return schema
  const inner = (value: JsonValue): JsonValue =>
    isJsonObject(value) ? mapSchema(value, change, depth + 1) : value
  let mapped = schema
  const set = (name: string, value: JsonValue): void => {
    if (mapped === schema) mapped = { ...schema }
    mapped[name] = value
  }
  for (const name of SCHEMA) {
    const value = schema[name]
    if (!isJsonObject(value)) continue
    const after = inner(value)
    if (after !== value) set(name, after)
  }
  for (const name of LIST) {
    const list = schema[name]
    if (!Array.isArray(list)) continue
    const after = list.map(inner)
    if (after.some((value, index) => value !== list[index])) set(name, after)
  }
  for (const name of NAMED) {
    const named = schema[name]
    if (!isJsonObject(named)) continue
    const after = Object.entries(named).map(([key, value]) => [key, inner(value ?? null)] as const)
    if (after.some(([key, value]) => value !== named[key])) set(name, Object.fromEntries(after))
  }
  return change(mapped)
}
