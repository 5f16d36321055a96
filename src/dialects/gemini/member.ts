import type { JsonObject, JsonValue } from '../../core/json.ts'

/** Google's JSON takes every field in lowerCamelCase and in snake_case: https://protobuf.dev/programming-guides/json/ */
export function member(object: JsonObject, camel: string): JsonValue | undefined {
  const value = object[camel]
  if (value !== undefined) return value
  return object[camel.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]
}

/** The object with its own fields in lowerCamelCase; what lies deeper stays as it is. */
export function camelCased(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )
}
