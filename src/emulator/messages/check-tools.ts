import { asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { checkFunctions } from '../gates/check-tools.ts'
import { objectsIn } from '../prompts/content.ts'
import { invalidMessages } from './refuse-messages.ts'

/** Tools that Anthropic defines and the client runs. */
const CLIENT_TOOLS =
  /^(?:custom|bash_\d+|text_editor_\d+|computer_\d+|memory_\d+|tool_search_tool_\w+)$/

/** Server tools are refused, each in its own words; plain ones are checked as on every wire. */
export function checkMessagesTools(body: JsonObject): void {
  const tools = objectsIn(body['tools'])
  const types = tools.map((tool) => asString(tool['type']) ?? 'custom')
  if (types.some((type) => type.startsWith('web_search_'))) {
    throw invalidMessages('The use of the web search tool is not supported.')
  }
  const rejected = types.filter((type) => !CLIENT_TOOLS.test(type))
  if (rejected.length > 0) {
    const names = rejected.map((type) => type.replace(/_\d+$/, ''))
    throw invalidMessages(`rejected tool(s): ${names.join(', ')}`)
  }
  const custom = tools.filter((tool) => (asString(tool['type']) ?? 'custom') === 'custom')
  for (const [index, tool] of custom.entries()) {
    if (asString(tool['name']) === undefined) {
      throw invalidMessages(`tools.${index}.custom.name: Field required`)
    }
    if (!asObject(tool['input_schema'])) {
      throw invalidMessages(`tools.${index}.custom.input_schema: Field required`)
    }
  }
  checkFunctions(
    custom.map((tool) => ({
      name: asString(tool['name']) ?? '',
      schema: asObject(tool['input_schema']) ?? {},
    })),
  )
  const names = new Set(tools.map((tool) => asString(tool['name'])))
  for (const name of referencedTools(body)) {
    if (!names.has(name)) {
      throw invalidMessages(`Tool reference '${name}' not found in available tools`)
    }
  }
}

/** Tools that an earlier tool search brought up. */
function referencedTools(body: JsonObject): string[] {
  return objectsIn(body['messages'])
    .flatMap((message) => objectsIn(message['content']))
    .filter((block) => block['type'] === 'tool_result')
    .flatMap((block) => objectsIn(block['content']))
    .filter((block) => block['type'] === 'tool_reference')
    .map((block) => asString(block['tool_name']) ?? '')
}
