import type { JsonObject, JsonValue } from '../../core/json.ts'

/** Google's JSON takes every field in lowerCamelCase and in snake_case: https://protobuf.dev/programming-guides/json/ */
export function member(object: JsonObject, camel: string): JsonValue | undefined {
  const value =
    object[camel] ?? object[camel.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]
  return value ?? undefined
}

/** The object with its own fields in lowerCamelCase, without those that are null, which count as absent; what lies deeper stays. */
export function camelCased(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [
        name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        value,
      ]),
  )
}
