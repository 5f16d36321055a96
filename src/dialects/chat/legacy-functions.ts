import type { JsonObject } from '../../core/json.ts'

/** A client of the time before tools: it offered `functions` and looks for `function_call` in the answer. */
export function wantsFunctionCall(request: JsonObject): boolean {
  return Array.isArray(request['functions']) && !Array.isArray(request['tools'])
}
