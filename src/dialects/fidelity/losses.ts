import type { Conversation, Tool } from '../../core/conversation.ts'
import { UnsupportedParamsError } from '../../core/errors.ts'
import { featuresOf, serverTools } from './features.ts'
import { type Feature, type GenerateWire, rowOf } from './table.ts'

/**
 * What this wire loses of the conversation, by the table's names. Throws an `UnsupportedParamsError` for what it refuses,
 * so that nothing is sent whose meaning would change.
 */
export function losses(conversation: Conversation, wire: GenerateWire): Feature[] {
  return featuresOf(conversation).filter((feature) => {
    const fate = rowOf(feature)[wire]
    if (fate !== 'refused') return fate === 'degraded'
    if (isServerTools(feature) && canSpareServerTools(conversation, wire)) return true
    throw refusal(feature, wire)
  })
}

/** Whether the wire takes this tool; server tools are understood only where they come from. */
export function isForeignTool(tool: Tool, wire: GenerateWire): boolean {
  if (tool.kind !== 'server') return false
  return rowOf(serverTools(tool.origin))[wire] === 'refused'
}

function refusal(feature: Feature, wire: GenerateWire): UnsupportedParamsError {
  const { what, note } = rowOf(feature)
  return new UnsupportedParamsError(
    `${what}: the model is reached over the ${wire} wire, which has no such thing. What to do: ${note ?? 'leave it out'}.`,
    { param: PARAMS[feature] ?? feature, code: 'unsupported_feature' },
  )
}

const PARAMS: Partial<Readonly<Record<Feature, string>>> = {
  audio: 'messages',
  server_tools_messages: 'tools',
  server_tools_responses: 'tools',
  server_tools_chat: 'tools',
}

function isServerTools(feature: Feature): boolean {
  return feature.startsWith('server_tools_')
}

/** Agents offer web search beside their own tools in every request; one that is merely offered can be left out. */
function canSpareServerTools({ tools, toolChoice }: Conversation, wire: GenerateWire): boolean {
  const foreign = tools.filter((tool) => isForeignTool(tool, wire))
  if (foreign.length === tools.length) return toolChoice?.kind === 'none'
  return toolChoice?.kind !== 'tool' || !foreign.some((tool) => tool.name === toolChoice.name)
}
