import type { Conversation } from '../../core/conversation.ts'
import {
  asArray,
  asObject,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../core/json.ts'
import type { Step } from './tool-pairs.ts'

/** Deeper schemas are passed on as they are: nobody writes them by hand, and a wire may refuse them itself. */
const MOST_DEPTH = 64

/** Constructs for which a wire refuses the whole request are taken out of tool schemas. */
export function healToolSchemas(conversation: Conversation): Step {
  let changed = false
  const tools = conversation.tools.map((tool) => {
    if (tool.kind !== 'function' || !tool.parameters) return tool
    const parameters = mendRoot(mendSchema(tool.parameters, 0))
    if (parameters === tool.parameters) return tool
    changed = true
    return Object.assign({}, tool, { parameters })
  })
  return changed
    ? { conversation: { ...conversation, tools }, changed: ['tool_schema'] }
    : { conversation, changed: [] }
}

/**
 * `pattern` must be a plain regular expression (`\p{…}` fails a request), `$schema` is refused by some wires. Names of
 * properties are not keywords: a property called `pattern` stays.
 */
function mendSchema(schema: JsonObject, depth: number): JsonObject {
  if (depth > MOST_DEPTH) return schema
  let mended = schema
  const set = (name: string, value: JsonValue | undefined): void => {
    if (mended === schema) mended = { ...schema }
    if (value === undefined) delete mended[name]
    else mended[name] = value
  }
  const { pattern } = schema
  if (typeof pattern === 'string' && !isPlainPattern(pattern)) set('pattern', undefined)
  if (schema['$schema'] !== undefined) set('$schema', undefined)
  for (const name of ['items', 'additionalProperties', 'not', 'contains', 'propertyNames']) {
    const inner = schema[name]
    if (isJsonObject(inner)) replace(name, inner, mendSchema(inner, depth + 1), set)
  }
  for (const name of ['anyOf', 'allOf', 'oneOf', 'prefixItems']) {
    const list = schema[name]
    if (Array.isArray(list)) replace(name, list, mendList(list, depth), set)
  }
  for (const name of ['properties', '$defs', 'definitions', 'patternProperties']) {
    const named = asObject(schema[name])
    if (named) replace(name, named, mendNamed(named, depth, name === 'patternProperties'), set)
  }
  return mended
}

function replace(
  name: string,
  before: JsonValue,
  after: JsonValue,
  set: (name: string, value: JsonValue) => void,
): void {
  if (after !== before) set(name, after)
}

function mendList(list: JsonValue[], depth: number): JsonValue[] {
  const mended = list.map((inner) => (isJsonObject(inner) ? mendSchema(inner, depth + 1) : inner))
  return mended.every((inner, index) => inner === list[index]) ? list : mended
}

function mendNamed(named: JsonObject, depth: number, keysArePatterns: boolean): JsonObject {
  let mended = named
  for (const [key, inner] of Object.entries(named)) {
    const drop = keysArePatterns && !isPlainPattern(key)
    const after = isJsonObject(inner) ? mendSchema(inner, depth + 1) : inner
    if (!drop && after === inner) continue
    if (mended === named) mended = { ...named }
    if (drop) delete mended[key]
    else mended[key] = after
  }
  return mended
}

/** No Unicode classes, no looking around: what every vendor's engine takes. */
function isPlainPattern(pattern: string): boolean {
  if (/\\[pP]\{|\(\?(?!:)/.test(pattern)) return false
  try {
    return new RegExp(pattern) instanceof RegExp
  } catch {
    return false
  }
}

const ALTERNATIVES = ['anyOf', 'oneOf', 'allOf'] as const

/** Arguments must be an object without alternatives at the top: their properties are joined, and only what all need is needed. */
function mendRoot(schema: JsonObject): JsonObject {
  const forms = ALTERNATIVES.flatMap((name) => asArray(schema[name]))
  if (forms.length === 0) return schema
  const branches = forms.filter((form) => isJsonObject(form))
  const { anyOf: _, oneOf: __, allOf, ...rest } = schema
  const properties: JsonObject = {}
  for (const branch of branches) Object.assign(properties, asObject(branch['properties']))
  Object.assign(properties, asObject(schema['properties']))
  const needed = branches.map((branch) => new Set(asArray(branch['required'])))
  const required = Object.keys(properties).filter((name) =>
    Array.isArray(allOf) && forms.length === allOf.length
      ? needed.some((names) => names.has(name))
      : needed.length > 0 && needed.every((names) => names.has(name)),
  )
  const own = asArray(schema['required']).filter((name) => typeof name === 'string')
  const all = [...new Set([...own, ...required])]
  return { ...rest, type: 'object', properties, ...(all.length > 0 ? { required: all } : {}) }
}
