import { asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Changes } from './changes.ts'

/** A lesson about tools is kept under the name of a field, as those about parameters are: `tools: web_search`. */
export const TOOLS_OF_TYPE = 'tools: '

/**
 * Leaves out the tools of a type that the model refused, and names them. Clients such as Codex send a web search beside their
 * own tools to every model. Where nothing else is offered, or the choice insists on it, the search is what was asked
 * for: then the refusal stands.
 */
export function dropTools(changes: Changes, type: string, reason: string): void {
  const tools = changes.get('tools')
  if (!Array.isArray(tools)) return
  const refused = tools.filter((tool) => isOfType(tool, type))
  if (refused.length === 0 || refused.length === tools.length) return
  const choice = changes.get('tool_choice')
  if (
    isJsonObject(choice) &&
    (isOfType(choice, type) || refused.some((tool) => isNamed(tool, choice)))
  ) {
    return
  }
  const left = tools.filter((tool) => !refused.includes(tool))
  changes.set('tools', left, 'removed', reason)
  changes.lose(`tools.${type}`)
}

/** Anthropic dates its types: `web_search_20250305`. */
function isOfType(tool: JsonValue, type: string): boolean {
  return asString(asObject(tool)?.['type'])?.replace(/_20\d{6}$/, '') === type
}

function isNamed(tool: JsonValue, choice: JsonObject): boolean {
  const name = asObject(tool)?.['name']
  return name !== undefined && name === choice['name']
}
