import type { Conversation } from '../../core/conversation.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { GenerateWire } from '../fidelity/table.ts'
import { mapSchema } from './map-schema.ts'

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
    const parameters = completeRoot(mapSchema(tool.parameters, withItems))
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

function withItems(schema: JsonObject): JsonObject {
  const { type, items, prefixItems } = schema
  const isList = type === 'array' || (Array.isArray(type) && type.includes('array'))
  return isList && items === undefined && prefixItems === undefined
    ? { ...schema, items: {} }
    : schema
}
