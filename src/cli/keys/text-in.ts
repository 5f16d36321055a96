import type { JsonObject } from '../../core/json.ts'

/** A member that is text; `''` when it is anything else. */
export function textIn(object: JsonObject, name: string): string {
  const value = object[name]
  return typeof value === 'string' ? value : ''
}
