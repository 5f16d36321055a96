import type { Conversation, Tool, ToolChoice } from '../../core/conversation.ts'
import { asString, type JsonObject } from '../../core/json.ts'
import { isForeignTool } from '../fidelity/losses.ts'
import { qualifiedName } from '../healing/qualified-name.ts'
import { cacheControl } from './encode-content.ts'

/** `tools` and `tool_choice`; both absent when there is nothing to choose from. */
export function encodeTools(conversation: Conversation): JsonObject {
  const { toolChoice } = conversation
  const allowed = toolChoice?.kind === 'allowed' ? new Set(toolChoice.names) : undefined
  const tools = conversation.tools.filter(
    (tool) =>
      !isForeignTool(tool, 'messages') &&
      (!allowed || allowed.has(tool.name) || allowed.has(qualifiedName(tool))),
  )
  if (tools.length === 0) return {}
  const choice = encodeToolChoice(toolChoice, conversation.parallelToolCalls)
  return { tools: tools.map(encodeTool), ...(choice ? { tool_choice: choice } : {}) }
}

function encodeTool(tool: Tool): JsonObject {
  if (tool.kind === 'server') return { ...tool.value }
  const name = qualifiedName(tool)
  if (tool.kind === 'custom') {
    const description = [tool.description, grammarText(tool.format)].filter(Boolean).join('\n\n')
    return { name, description, input_schema: CUSTOM_INPUT }
  }
  return {
    name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    input_schema: inputSchema(tool.parameters),
    ...cacheControl(tool.cache),
  }
}

/** The wire insists on an object at the top. */
function inputSchema(parameters: JsonObject | undefined): JsonObject {
  if (!parameters) return { type: 'object', properties: {} }
  return parameters['type'] === 'object' ? parameters : { ...parameters, type: 'object' }
}

const CUSTOM_INPUT: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The raw text of the input.' } },
  required: ['input'],
}

function grammarText(format: JsonObject | undefined): string {
  const definition = asString(format?.['definition'])
  if (definition === undefined) return ''
  return `The input follows this ${asString(format?.['syntax']) ?? ''} grammar:\n${definition}`
}

function encodeToolChoice(
  choice: ToolChoice | undefined,
  parallel: boolean | undefined,
): JsonObject | undefined {
  // Two calls at once are this wire's default; only the other wish needs words.
  const single = parallel === false ? { disable_parallel_tool_use: true } : {}
  switch (choice?.kind) {
    case 'none':
      return { type: 'none' }
    case 'required':
      return { type: 'any', ...single }
    case 'tool':
      return { type: 'tool', name: qualifiedName(choice), ...single }
    case 'allowed':
      return { type: choice.mode === 'required' ? 'any' : 'auto', ...single }
    case 'auto':
      return { type: 'auto', ...single }
    default:
      return parallel === false ? { type: 'auto', ...single } : undefined
  }
}
