import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { jsonErrorAt } from './json-error-at.ts'

/** Deeper than any tool's schema, shallow enough for every recursion behind it. */
const MAX_JSON_DEPTH = 128

/** The body as an object. Throws a `BadRequestError` that names the place, and never repeats what stands there. */
export function parseBody(bytes: Buffer): JsonObject {
  if (bytes.length === 0) {
    throw new BadRequestError('the request has no body: send a JSON object', { code: 'empty_body' })
  }
  const value = parse(bytes)
  if (!isJsonObject(value)) {
    throw new BadRequestError('the request body must be a JSON object', { code: 'invalid_json' })
  }
  refuseDeepOrForged(value)
  return value
}

function parse(bytes: Buffer): JsonValue {
  const text = bytes.toString('utf8')
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    // The engine's own message repeats the text, which may be a prompt or a key.
    const { line, column, what } = jsonErrorAt(text)
    throw new BadRequestError(
      `the request body is not valid JSON: ${what} at line ${line}, column ${column}`,
      { code: 'invalid_json' },
    )
  }
}

function keepContainer(
  containers: (JsonObject | JsonValue[])[],
  value: JsonValue | undefined,
): void {
  if (typeof value === 'object' && value !== null) containers.push(value)
}

/** Walks the values once, without recursion. Long prompts are single strings, so this costs next to nothing. */
function refuseDeepOrForged(root: JsonObject): void {
  let level: (JsonObject | JsonValue[])[] = [root]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH) {
      throw new BadRequestError(
        `the request body is nested more than ${MAX_JSON_DEPTH} levels deep`,
        { code: 'json_too_deep' },
      )
    }
    const next: (JsonObject | JsonValue[])[] = []
    for (const container of level) {
      if (Object.hasOwn(container, '__proto__')) {
        throw new BadRequestError('the request body holds a key named __proto__', {
          code: 'invalid_json',
        })
      }
      if (Array.isArray(container)) {
        for (const value of container) keepContainer(next, value)
      } else {
        // What JSON made has no members but its own; a list of them would be made for each object.
        for (const name in container) keepContainer(next, container[name])
      }
    }
    level = next
  }
}
