import type { Tool, ToolChoice } from '../../core/conversation.ts'
import { asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import {
  optionalArray,
  optionalString,
  refusedField,
  requiredString,
  requireObject,
  stringOrList,
  wrongField,
} from '../fields/read-fields.ts'
import { jsonSchemaFromGemini } from './json-schema.ts'
import { camelCased, member } from './member.ts'

export interface DecodedTools {
  readonly tools: readonly Tool[]
  /** Google's own tools, which run on Google's servers alone. */
  readonly lost: readonly string[]
}

/** Google's own tools are left out and named beside functions; alone they are refused, since the answer would be another. */
export function decodeTools(body: JsonObject): DecodedTools {
  const tools: Tool[] = []
  const lost: string[] = []
  const entries = optionalArray(body, 'tools') ?? []
  for (const [index, value] of entries.entries()) {
    const entry = camelCased(requireObject(value, `tools[${index}]`))
    for (const name of Object.keys(entry)) {
      if (name !== 'functionDeclarations') {
        lost.push(name)
        continue
      }
      const at = `tools[${index}].functionDeclarations`
      for (const [place, declaration] of (
        optionalArray(entry, name, `tools[${index}].`) ?? []
      ).entries())
        tools.push(
          decodeFunction(requireObject(declaration, `${at}[${place}]`), `${at}[${place}].`),
        )
    }
  }
  if (tools.length === 0 && lost.length > 0)
    throw refusedField(
      'tools',
      `${lost.join(', ')}: run by Google's servers only, which this model is not reached through. Offer a function of your own instead.`,
    )
  return { tools, lost }
}

function decodeFunction(declaration: JsonObject, at: string): Tool {
  const parameters =
    asObject(member(declaration, 'parametersJsonSchema')) ?? asObject(declaration['parameters'])
  return {
    kind: 'function',
    name: requiredString(declaration, 'name', at),
    description: optionalString(declaration, 'description', at),
    parameters: parameters === undefined ? undefined : jsonSchemaFromGemini(parameters),
  }
}

const MODES: ReadonlySet<string> = new Set(['AUTO', 'ANY', 'VALIDATED', 'NONE', 'MODE_UNSPECIFIED'])

export function decodeToolChoice(body: JsonObject): ToolChoice | undefined {
  const config = asObject(member(body, 'toolConfig'))
  const calling = asObject(config && member(config, 'functionCallingConfig'))
  if (calling === undefined) return undefined
  const mode = asString(calling['mode'])?.toUpperCase() ?? 'AUTO'
  const at = 'toolConfig.functionCallingConfig.'
  if (!MODES.has(mode)) throw wrongField(`${at}mode`, 'AUTO, ANY, VALIDATED or NONE', mode)
  const names = stringOrList(camelCased(calling), 'allowedFunctionNames', at) ?? []
  if (mode === 'NONE') return { kind: 'none' }
  const required = mode === 'ANY'
  const [only] = names
  if (only === undefined) return { kind: required ? 'required' : 'auto' }
  if (required && names.length === 1) return { kind: 'tool', name: only }
  return { kind: 'allowed', mode: required ? 'required' : 'auto', names }
}
