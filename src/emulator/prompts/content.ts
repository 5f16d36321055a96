import { asArray, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/** The text of a `content` that is a string or a list of parts; what is no text is left out. */
export function textOf(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content
  return asArray(content)
    .map((part) => {
      if (typeof part === 'string') return part
      const object = asObject(part)
      return asString(object?.['text']) ?? asString(object?.['refusal']) ?? ''
    })
    .filter((text) => text !== '')
    .join('\n')
}

/** The objects of a list; anything else in it is left out. */
export function objectsIn(value: JsonValue | undefined): JsonObject[] {
  return asArray(value).filter((item) => isJsonObject(item))
}
