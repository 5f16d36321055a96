import type { Tool, ToolChoice } from '../../core/conversation.ts'
import { asBoolean, asString, type JsonObject, type JsonValue } from '../../core/json.ts'
import { cacheOf } from './decode-content.ts'
import { requireObject, wrongField } from '../fields/read-fields.ts'
import type { WireTool } from './types.ts'

/** `lost`: hints on tools that the hub has no word for, by name. */
export function decodeTools(tools: readonly JsonValue[]): {
  readonly tools: readonly Tool[]
  readonly lost: readonly string[]
} {
  const lost = new Set<string>()
  const decoded = tools.map((tool, index) =>
    decodeTool(requireObject(tool, `tools[${index}]`), index, lost),
  )
  return { tools: decoded, lost: [...lost] }
}

function decodeTool(value: JsonObject, index: number, lost: Set<string>): Tool {
  const tool = value as WireTool
  const name = asString(tool.name)
  const type = asString(tool.type) ?? 'custom'
  if (type !== 'custom') return { kind: 'server', name: name ?? type, origin: 'messages', value }
  if (name === undefined) throw wrongField(`tools[${index}].name`, 'a string', tool.name)
  for (const key in value) if (!TOOL_FIELDS.has(key)) lost.add(`tools.${key}`)
  const description = asString(tool.description)
  const parameters = requireObject(tool.input_schema, `tools[${index}].input_schema`)
  const strict = asBoolean(tool.strict)
  return {
    kind: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    parameters,
    ...(strict === undefined ? {} : { strict }),
    ...cacheOf(tool),
  }
}

/** `eager_input_streaming` only asks for arguments early, which other wires do without being told. */
const TOOL_FIELDS: ReadonlySet<string> = new Set<string>([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
  'eager_input_streaming',
])

export function decodeToolChoice(choice: JsonObject | undefined): {
  readonly choice?: ToolChoice
  readonly parallel?: boolean
} {
  if (!choice) return {}
  const disabled = asBoolean(choice['disable_parallel_tool_use'])
  const parallel = disabled === undefined ? {} : { parallel: !disabled }
  switch (choice['type']) {
    case 'auto':
      return { choice: { kind: 'auto' }, ...parallel }
    case 'any':
      return { choice: { kind: 'required' }, ...parallel }
    case 'none':
      return { choice: { kind: 'none' } }
    case 'tool': {
      const name = asString(choice['name'])
      if (name === undefined) throw wrongField('tool_choice.name', 'a string', choice['name'])
      return { choice: { kind: 'tool', name }, ...parallel }
    }
    default:
      throw wrongField('tool_choice.type', '"auto", "any", "tool" or "none"', choice['type'])
  }
}
