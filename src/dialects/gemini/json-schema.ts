import { asNumber, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/**
 * Gemini's schema (an OpenAPI 3.0 subset: types in capitals, `nullable`, counts as text) as JSON Schema. What is JSON Schema
 * already passes unchanged, so it serves `parametersJsonSchema` too, which Gemini CLI also writes with capitals.
 */
export function jsonSchemaFromGemini(schema: JsonObject): JsonObject {
  const converted: JsonObject = {}
  for (const [name, value] of Object.entries(schema)) {
    if (name === 'nullable' || name === 'propertyOrdering' || name === 'property_ordering') continue
    converted[name] = convertMember(name, value)
  }
  if (schema['nullable'] === true) makeNullable(converted)
  return converted
}

const BY_NAME: ReadonlySet<string> = new Set([
  'properties',
  '$defs',
  'definitions',
  'patternProperties',
  'dependentSchemas',
])
const COUNTS: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
])

function convertMember(name: string, value: JsonValue | undefined): JsonValue | undefined {
  if (name === 'type') return convertType(value)
  if (COUNTS.has(name))
    return typeof value === 'string' ? (asNumber(Number(value)) ?? value) : value
  if (
    Array.isArray(value) &&
    (name === 'anyOf' || name === 'allOf' || name === 'oneOf' || name === 'prefixItems')
  )
    return value.map((entry) => (isJsonObject(entry) ? jsonSchemaFromGemini(entry) : entry))
  if (!isJsonObject(value)) return value
  if (BY_NAME.has(name))
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [
        key,
        isJsonObject(entry) ? jsonSchemaFromGemini(entry) : entry,
      ]),
    )
  if (name === 'items' || name === 'additionalProperties' || name === 'not')
    return jsonSchemaFromGemini(value)
  return value
}

function convertType(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'string')
    return value === 'TYPE_UNSPECIFIED' ? undefined : value.toLowerCase()
  if (Array.isArray(value))
    return value.map((entry) => (typeof entry === 'string' ? entry.toLowerCase() : entry))
  return value
}

function makeNullable(schema: JsonObject): void {
  const { type } = schema
  if (typeof type === 'string') schema['type'] = [type, 'null']
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(null))
    schema['enum'] = [...schema['enum'], null]
}
