import type { Conversation } from '../../core/conversation.ts'
import { asArray, asObject, isJsonObject, type JsonObject } from '../../core/json.ts'
import { mapSchema } from './map-schema.ts'
import type { Step } from './tool-pairs.ts'

/** Constructs for which a wire refuses the whole request are taken out of tool schemas. */
export function healToolSchemas(conversation: Conversation): Step {
  let changed = false
  const tools = conversation.tools.map((tool) => {
    if (tool.kind !== 'function' || !tool.parameters) return tool
    const parameters = mendRoot(mapSchema(tool.parameters, withoutRefused))
    if (parameters === tool.parameters) return tool
    changed = true
    return Object.assign({}, tool, { parameters })
  })
  return changed
    ? { conversation: { ...conversation, tools }, changed: ['tool_schema'] }
    : { conversation, changed: [] }
}

/** `pattern` must be a plain regular expression (`\p{…}` fails a request), `$schema` is refused by some wires. */
function withoutRefused(schema: JsonObject): JsonObject {
  const { $schema, pattern } = schema
  const patterns = asObject(schema['patternProperties']) ?? {}
  const refused = Object.keys(patterns).filter((key) => !isPlainPattern(key))
  const isRefused = typeof pattern === 'string' && !isPlainPattern(pattern)
  if ($schema === undefined && !isRefused && refused.length === 0) return schema
  const mended = { ...schema }
  delete mended['$schema']
  if (isRefused) delete mended['pattern']
  if (refused.length > 0) {
    const kept = Object.entries(patterns).filter(([key]) => !refused.includes(key))
    mended['patternProperties'] = Object.fromEntries(kept)
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
