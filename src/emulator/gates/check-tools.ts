import { asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { invalidBody } from './invalid-body.ts'

const NAME = /^[a-zA-Z0-9_-]{1,64}$/
const MOST_TOOLS = 128

/** Names, number and schemas of tools, as all wires check them. */
export function checkFunctions(
  tools: readonly { readonly name: string; readonly schema: JsonObject }[],
): void {
  if (tools.length > MOST_TOOLS) {
    throw invalidBody(
      `Invalid 'tools': array too long. Expected an array with maximum length ${MOST_TOOLS}, but got an array with length ${tools.length} instead.`,
    )
  }
  for (const [index, tool] of tools.entries()) {
    if (!NAME.test(tool.name)) {
      throw invalidBody(
        `Invalid 'tools[${index}].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$' of at most 64 characters.`,
      )
    }
    const pattern = badPattern(tool.schema)
    if (pattern !== undefined) {
      throw invalidBody(
        `Invalid schema for function '${tool.name}': '${pattern}' is not a 'regex'.`,
      )
    }
  }
}

/** Character classes by property, look-around and back references are what a plain engine does not know. */
const FANCY = /\\[pP]\{|\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</

/** The first `pattern` in a schema that is not a plain regular expression. */
function badPattern(schema: JsonValue | undefined): string | undefined {
  if (Array.isArray(schema)) {
    for (const item of schema) {
      const found = badPattern(item)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (!isJsonObject(schema)) return undefined
  const pattern = asString(schema['pattern'])
  if (pattern !== undefined && !isPlain(pattern)) return pattern
  for (const [name, value] of Object.entries(schema)) {
    // A property may be called `pattern`; its schema is looked at, its name means nothing.
    const inner = name === 'properties' ? Object.values(asObject(value) ?? {}) : value
    const found = badPattern(inner as JsonValue | undefined)
    if (found !== undefined) return found
  }
  return undefined
}

function isPlain(pattern: string): boolean {
  if (FANCY.test(pattern)) return false
  try {
    return new RegExp(pattern) instanceof RegExp
  } catch {
    return false
  }
}
