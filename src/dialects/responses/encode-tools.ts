import type { Conversation, Tool, ToolChoice } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isForeignTool } from '../fidelity/losses.ts'

/** `tools`, `tool_choice` and `parallel_tool_calls`; all absent when there is nothing to choose from. */
export function encodeTools(conversation: Conversation): JsonObject {
  const { toolChoice, parallelToolCalls } = conversation
  const offered = conversation.tools.filter((tool) => !isForeignTool(tool, 'responses'))
  if (offered.length === 0) return {}
  return {
    tools: groupByNamespace(offered),
    ...(toolChoice ? { tool_choice: encodeToolChoice(toolChoice, offered) } : {}),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
  }
}

/** A namespace stands where its first tool stood. */
function groupByNamespace(tools: readonly Tool[]): JsonObject[] {
  const groups = new Map<string, JsonObject[]>()
  const encoded: JsonObject[] = []
  for (const tool of tools) {
    const namespace = tool.kind === 'server' ? undefined : tool.namespace
    if (namespace === undefined) {
      encoded.push(encodeTool(tool))
      continue
    }
    let group = groups.get(namespace)
    if (!group) {
      group = []
      groups.set(namespace, group)
      encoded.push({ type: 'namespace', name: namespace, tools: group })
    }
    group.push(encodeTool(tool))
  }
  return encoded
}

function encodeTool(tool: Tool): JsonObject {
  if (tool.kind === 'server') return tool.value
  const { name, description } = tool
  const described = { name, ...(description === undefined ? {} : { description }) }
  if (tool.kind === 'custom') {
    return { type: 'custom', ...described, ...(tool.format ? { format: tool.format } : {}) }
  }
  return {
    type: 'function',
    ...described,
    parameters: tool.parameters ?? { type: 'object', properties: {} },
    // Left out it means true on this wire, and schemas that are not made for it are refused.
    strict: tool.strict ?? false,
  }
}

function encodeToolChoice(choice: ToolChoice, tools: readonly Tool[]): JsonValue {
  switch (choice.kind) {
    case 'tool':
      return namedTool(choice.name, choice.namespace, tools)
    case 'allowed':
      return {
        type: 'allowed_tools',
        mode: choice.mode,
        tools: choice.names.map((name) => namedTool(name, undefined, tools)),
      }
    default:
      return choice.kind
  }
}

function namedTool(
  name: string,
  namespace: string | undefined,
  tools: readonly Tool[],
): JsonObject {
  const tool = tools.find(
    (candidate) =>
      candidate.name === name &&
      (namespace === undefined || candidate.kind === 'server' || candidate.namespace === namespace),
  )
  if (tool?.kind === 'server') return { type: name }
  return {
    type: tool?.kind ?? 'function',
    name,
    ...(namespace === undefined ? {} : { namespace }),
  }
}
