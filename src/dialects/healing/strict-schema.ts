import {
  asArray,
  asObject,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../core/json.ts'

/**
 * Whether OpenAI's strict mode takes the schema: every object names all its properties as required and admits no others
 * (https://platform.openai.com/docs/guides/structured-outputs). Other vendors hold answers to looser schemas too.
 */
export function fitsStrictMode(schema: JsonObject): boolean {
  const properties = asObject(schema['properties'])
  if (schema['type'] === 'object' || properties) {
    if (schema['additionalProperties'] !== false) return false
    const required = new Set(asArray(schema['required']))
    if (!Object.keys(properties ?? {}).every((name) => required.has(name))) return false
  }
  return subschemas(schema).every((inner) => !isJsonObject(inner) || fitsStrictMode(inner))
}

function subschemas(schema: JsonObject): readonly (JsonValue | undefined)[] {
  return [
    schema['items'],
    ...['anyOf', 'allOf', 'oneOf'].flatMap((word) => asArray(schema[word])),
    ...['properties', '$defs', 'definitions'].flatMap((word) =>
      Object.values(asObject(schema[word]) ?? {}),
    ),
  ]
}
