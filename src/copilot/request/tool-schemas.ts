import { isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/** The same array when no item changed: most requests need no repair, and then nothing is copied. */
export function mapSame(
  list: readonly JsonValue[],
  change: (item: JsonValue) => JsonValue | undefined,
): JsonValue[] {
  let copy: JsonValue[] | undefined
  for (const [index, item] of list.entries()) {
    const changed = change(item)
    if (changed === item) copy?.push(item)
    else {
      copy ??= list.slice(0, index)
      if (changed !== undefined) copy.push(changed)
    }
  }
  return copy ?? (list as JsonValue[])
}

/** The same object when the member stays as it is. */
export function withMember(
  object: JsonObject,
  name: string,
  value: JsonValue | undefined,
): JsonObject {
  if (object[name] === value) return object
  const copy = { ...object, [name]: value }
  if (value === undefined) delete copy[name]
  return copy
}

/** Keywords whose value is one schema, a list of them, or schemas by name; all else is data and left alone. */
const ONE = new Set([
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
])
const LIST = new Set(['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems'])
const NAMED = new Set([
  '$defs',
  'definitions',
  'dependentSchemas',
  'patternProperties',
  'properties',
])
const DEEPEST = 64

/**
 * A tool's JSON Schema without what makes Copilot refuse the whole request: a `pattern` that is no plain regular expression
 * (https://github.com/BerriAI/litellm/issues/40358) and, on the Messages wire, `$schema`. A property *named* so stays.
 */
export function repairSchema(schema: JsonObject, dropDialect: boolean, depth = 0): JsonObject {
  if (depth > DEEPEST) return schema
  let repaired = schema
  for (const key in schema) {
    const value = schema[key]
    const fixed = fixMember(key, value, dropDialect, depth)
    if (fixed !== value) repaired = withMember(repaired, key, fixed)
  }
  return repaired
}

function fixMember(
  key: string,
  value: JsonValue | undefined,
  dropDialect: boolean,
  depth: number,
): JsonValue | undefined {
  if (typeof value === 'string') {
    if (key === 'pattern') return isPlainPattern(value) ? value : undefined
    return key === '$schema' && dropDialect ? undefined : value
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    if (!LIST.has(key)) return value
    return mapSame(value, (item) =>
      isJsonObject(item) ? repairSchema(item, dropDialect, depth + 1) : item,
    )
  }
  if (NAMED.has(key)) return fixNamed(value, key === 'patternProperties', dropDialect, depth)
  return ONE.has(key) ? repairSchema(value, dropDialect, depth + 1) : value
}

function fixNamed(
  schemas: JsonObject,
  namesArePatterns: boolean,
  dropDialect: boolean,
  depth: number,
): JsonObject {
  let repaired = schemas
  for (const name in schemas) {
    const schema = schemas[name]
    if (namesArePatterns && !isPlainPattern(name)) {
      repaired = withMember(repaired, name, undefined)
    } else if (isJsonObject(schema)) {
      repaired = withMember(repaired, name, repairSchema(schema, dropDialect, depth + 1))
    }
  }
  return repaired
}

/** Classes by property, look-around, back references, named groups: what a plain engine does not know. */
const FANCY = /\\[pPk1-9]|\(\?(?!:)/

/** Without those, what JavaScript takes every other engine takes too, near enough. */
function isPlainPattern(pattern: string): boolean {
  if (FANCY.test(pattern)) return false
  try {
    return new RegExp(pattern) instanceof RegExp
  } catch {
    return false
  }
}
