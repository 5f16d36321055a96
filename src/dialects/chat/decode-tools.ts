import type { Tool, ToolChoice } from '../../core/conversation.ts'
import { asObject, asString } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import {
  optionalArray,
  optionalBoolean,
  optionalObject,
  optionalString,
  requiredString,
  requireObject,
  wrongField,
} from '../fields/read-fields.ts'

/** `tools`, and `functions` of the time before them. */
export function decodeTools(body: JsonObject): readonly Tool[] {
  const tools = (optionalArray(body, 'tools') ?? []).map((tool, index) =>
    decodeTool(requireObject(tool, `tools[${index}]`), `tools[${index}].`),
  )
  const functions = (optionalArray(body, 'functions') ?? []).map((entry, index) =>
    decodeFunction(requireObject(entry, `functions[${index}]`), `functions[${index}].`),
  )
  return [...tools, ...functions]
}

function decodeTool(tool: JsonObject, at: string): Tool {
  const type = requiredString(tool, 'type', at)
  if (type === 'function') {
    const definition = requireObject(tool['function'], `${at}function`)
    const decoded = decodeFunction(definition, `${at}function.`)
    return isMarked(tool) ? { ...decoded, cache: {} } : decoded
  }
  if (type === 'custom') {
    const custom = requireObject(tool['custom'], `${at}custom`)
    return {
      kind: 'custom',
      name: requiredString(custom, 'name', `${at}custom.`),
      description: optionalString(custom, 'description', `${at}custom.`),
      format: flatFormat(optionalObject(custom, 'format', `${at}custom.`)),
    }
  }
  return { kind: 'server', name: type, origin: 'chat', value: tool }
}

function decodeFunction(definition: JsonObject, at: string): Tool & { readonly kind: 'function' } {
  return {
    kind: 'function',
    name: requiredString(definition, 'name', at),
    description: optionalString(definition, 'description', at),
    parameters: optionalObject(definition, 'parameters', at),
    strict: optionalBoolean(definition, 'strict', at),
  }
}

/** The chat wire nests a grammar one level deeper than responses does; the hub has the flat form. */
function flatFormat(format: JsonObject | undefined): JsonObject | undefined {
  const grammar = asObject(format?.['grammar'])
  return grammar === undefined ? format : { type: 'grammar', ...grammar }
}

function isMarked(holder: JsonObject): boolean {
  return (
    asObject(holder['copilot_cache_control']) !== undefined ||
    asObject(holder['cache_control']) !== undefined
  )
}

export function decodeToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body['tool_choice'] ?? body['function_call']
  if (choice === undefined || choice === null) return undefined
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { kind: choice }
  const object = requireChoice(choice)
  const name =
    asString(asObject(object['function'])?.['name']) ??
    asString(asObject(object['custom'])?.['name']) ??
    asString(object['name'])
  if (name !== undefined) return { kind: 'tool', name }
  const allowed = asObject(object['allowed_tools'])
  if (allowed !== undefined) {
    return {
      kind: 'allowed',
      mode: allowed['mode'] === 'required' ? 'required' : 'auto',
      names: (optionalArray(allowed, 'tools', 'tool_choice.allowed_tools.') ?? []).map(
        (tool, index) => allowedName(tool, `tool_choice.allowed_tools.tools[${index}]`),
      ),
    }
  }
  throw wrongField('tool_choice.function.name', 'the name of a tool', undefined)
}

function requireChoice(choice: JsonValue): JsonObject {
  const object = asObject(choice)
  if (object === undefined)
    throw wrongField('tool_choice', '"auto", "none", "required" or the name of a tool', choice)
  return object
}

function allowedName(tool: JsonValue, at: string): string {
  const object = requireObject(tool, at)
  const named = asObject(object['function']) ?? asObject(object['custom']) ?? object
  return requiredString(named, 'name', `${at}.`)
}
