import type { Conversation } from '../../core/conversation.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { GenerateWire } from '../fidelity/table.ts'

/** Deeper schemas are passed on as they are: nobody writes them by hand. */
const MOST_DEPTH = 64

/**
 * MCP servers describe a tool without arguments as `{"type": "object"}`, and lists without saying of what. Anthropic takes both;
 * behind the other wires one such tool fails the whole request ("object schema missing properties", "array schema missing
 * items": https://github.com/github/copilot-cli/issues/1825). What is added says what was meant, so nothing is lost.
 */
export function completeToolSchemas(conversation: Conversation, wire: GenerateWire): Conversation {
  if (wire === 'messages') return conversation
  let changed = false
  const tools = conversation.tools.map((tool) => {
    if (tool.kind !== 'function' || !tool.parameters) return tool
    const parameters = completeRoot(complete(tool.parameters, 0))
    if (parameters === tool.parameters) return tool
    changed = true
    return Object.assign({}, tool, { parameters })
  })
  return changed ? { ...conversation, tools } : conversation
}

function completeRoot(schema: JsonObject): JsonObject {
  const { $ref, properties, type } = schema
  if ($ref !== undefined || (type !== undefined && type !== 'object')) return schema
  if (type === 'object' && isJsonObject(properties)) return schema
  return { ...schema, type: 'object', properties: isJsonObject(properties) ? properties : {} }
}

function complete(schema: JsonObject, depth: number): JsonObject {
  if (depth > MOST_DEPTH) return schema
  let completed = schema
  const set = (name: string, value: JsonValue): void => {
    if (value === schema[name]) return
    completed = completed === schema ? { ...schema } : completed
    completed[name] = value
  }
  const inner = (value: JsonValue): JsonValue =>
    isJsonObject(value) ? complete(value, depth + 1) : value
  const { type } = schema
  const isList = type === 'array' || (Array.isArray(type) && type.includes('array'))
  if (isList && schema['items'] === undefined && schema['prefixItems'] === undefined) {
    set('items', {})
  }
  for (const name of ['items', 'additionalProperties']) {
    const value = schema[name]
    if (isJsonObject(value)) set(name, inner(value))
  }
  for (const name of ['anyOf', 'allOf', 'oneOf', 'prefixItems']) {
    const list = schema[name]
    if (!Array.isArray(list)) continue
    const mapped = list.map(inner)
    if (mapped.some((entry, index) => entry !== list[index])) set(name, mapped)
  }
  for (const name of ['properties', '$defs', 'definitions']) {
    const named = schema[name]
    if (!isJsonObject(named)) continue
    const mapped = Object.entries(named).map(([key, value]) => [key, inner(value ?? null)] as const)
    if (mapped.some(([key, value]) => value !== named[key])) set(name, Object.fromEntries(mapped))
  }
  return completed
}
