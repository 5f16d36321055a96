import type { JsonObject, JsonValue } from '../../../core/json.ts'

/** A few words for JSON Schema (2020-12), so that the tables beside this read like what they describe. */
export const text: JsonObject = { type: 'string' }
export const whole: JsonObject = { type: 'integer' }
export const amount: JsonObject = { type: 'number' }
export const flag: JsonObject = { type: 'boolean' }
export const anything: JsonObject = {}
/** Of no type: a reader of a stream has one event after the other to hold against it, and no text. */
export const events: JsonObject = { description: 'One event after the other' }

export function orNull({ type, ...rest }: JsonObject): JsonObject {
  return { ...rest, type: [type ?? 'object', 'null'] }
}

export function list(items: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'array', items, ...more }
}

export function words(...values: readonly string[]): JsonObject {
  return { type: 'string', enum: [...values] }
}

export function either(...options: readonly JsonObject[]): JsonObject {
  return { anyOf: [...options] }
}

/** Members beside the named ones are allowed: unknown fields pass through. */
export function object(
  properties: Readonly<Record<string, JsonValue>>,
  required: readonly string[] = [],
): JsonObject {
  return {
    type: 'object',
    properties: { ...properties },
    ...(required.length > 0 ? { required: [...required] } : {}),
  }
}

/** As answers are: every member named is there. */
export function answer(properties: Readonly<Record<string, JsonValue>>): JsonObject {
  return object(properties, Object.keys(properties))
}

export function reference(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` }
}

export function jsonContent(schema: JsonObject): JsonObject {
  return { 'application/json': { schema } }
}
