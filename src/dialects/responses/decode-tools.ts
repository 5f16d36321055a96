import type { Tool, ToolChoice } from '../../core/conversation.ts'
import {
  asArray,
  asBoolean,
  asObject,
  asString,
  type JsonObject,
  type JsonValue,
} from '../../core/json.ts'
import { optionalArray, requireObject, requiredString, wrongField } from '../fields/read-fields.ts'
import { LOCAL_SHELL, LOCAL_SHELL_TOOL } from './local-shell.ts'
import type { WireTool } from './types.ts'

/** `tools` of the request or of an `additional_tools` item; a namespace's tools stand beside the others with its name. */
export function decodeTools(holder: JsonObject, at = ''): readonly Tool[] {
  const tools = optionalArray(holder, 'tools', at) ?? []
  return tools.flatMap((tool, index) => decodeTool(tool, `${at}tools[${index}]`, undefined))
}

function decodeTool(value: JsonValue, at: string, namespace: string | undefined): readonly Tool[] {
  const object = requireObject(value, at)
  const tool = object as WireTool
  const inside = namespace === undefined ? {} : { namespace }
  const description = asString(tool.description)
  const described = description === undefined ? {} : { description }
  switch (tool.type) {
    case 'function': {
      const parameters = asObject(tool.parameters)
      const strict = asBoolean(tool.strict)
      return [
        {
          kind: 'function',
          name: requiredString(object, 'name', `${at}.`),
          ...inside,
          ...described,
          ...(parameters ? { parameters } : {}),
          ...(strict === undefined ? {} : { strict }),
        },
      ]
    }
    case 'custom': {
      const format = asObject(tool.format)
      return [
        {
          kind: 'custom',
          name: requiredString(object, 'name', `${at}.`),
          ...inside,
          ...described,
          ...(format ? { format } : {}),
        },
      ]
    }
    case 'namespace': {
      const name = requiredString(object, 'name', `${at}.`)
      return asArray(tool.tools).flatMap((inner, index) =>
        decodeTool(inner, `${at}.tools[${index}]`, name),
      )
    }
    case LOCAL_SHELL:
      return [LOCAL_SHELL_TOOL]
    default: {
      if (typeof tool.type !== 'string') throw wrongField(`${at}.type`, 'a kind of tool', tool.type)
      const name = asString(tool.name) ?? tool.type
      return [{ kind: 'server', name, origin: 'responses', value: object }]
    }
  }
}

export function decodeToolChoice(value: JsonValue | undefined): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'auto' || value === 'none' || value === 'required') return { kind: value }
  const choice = requireObject(value, 'tool_choice')
  if (choice['type'] === 'allowed_tools') {
    return {
      kind: 'allowed',
      mode: choice['mode'] === 'required' ? 'required' : 'auto',
      names: asArray(choice['tools']).flatMap((tool) => nameOf(asObject(tool) ?? {}) ?? []),
    }
  }
  const name = nameOf(choice)
  if (name === undefined) {
    throw wrongField('tool_choice', '"auto", "none", "required" or a tool', value)
  }
  const namespace = asString(choice['namespace'])
  return { kind: 'tool', name, ...(namespace === undefined ? {} : { namespace }) }
}

/** The wire's own tools have no name but their type. */
function nameOf(choice: JsonObject): string | undefined {
  return asString(choice['name']) ?? asString(choice['type'])
}
