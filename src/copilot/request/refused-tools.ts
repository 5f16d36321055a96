import { isJsonObject } from '../../core/json.ts'
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
  const left = tools.filter((tool) => !isJsonObject(tool) || tool['type'] !== type)
  if (left.length === tools.length || left.length === 0) return
  const choice = changes.get('tool_choice')
  if (isJsonObject(choice) && choice['type'] === type) return
  changes.set('tools', left, 'removed', reason)
  changes.lose(`tools.${type}`)
}
