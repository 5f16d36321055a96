import { asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CatalogueModel } from '../catalogue/entry.ts'
import { objectsIn } from '../prompts/content.ts'
import { extraInput, invalidMessages } from './refuse-messages.ts'

const TOP = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'context_management',
  'metadata',
])

const TOOL = new Set([
  'name',
  'description',
  'input_schema',
  'type',
  'cache_control',
  'defer_loading',
  'allowed_callers',
  'input_examples',
  'strict',
])

const CACHE_CONTROL = new Set(['type', 'ttl'])
const MOST_MARKS = 4

/** Fields that the wire does not know fail the call: nothing is ignored here. */
export function checkFields(body: JsonObject, model: CatalogueModel): void {
  for (const name of Object.keys(body)) {
    if (!TOP.has(name)) throw extraInput(name)
  }
  if (body['context_management'] !== undefined && model.traits.refusesContextManagement) {
    throw extraInput('context_management')
  }
  for (const [index, tool] of objectsIn(body['tools']).entries()) {
    if (asString(tool['type']) !== undefined && tool['type'] !== 'custom') continue
    for (const name of Object.keys(tool)) {
      if (!TOOL.has(name)) throw extraInput(`tools.${index}.custom.${name}`)
    }
  }
  checkMarks(body)
}

function checkMarks(body: JsonObject): void {
  const marked = [
    ...objectsIn(body['tools']).map((tool, at) => ({ path: `tools.${at}`, block: tool })),
    ...objectsIn(body['system']).map((block, at) => ({ path: `system.${at}`, block })),
    ...objectsIn(body['messages']).flatMap((message, at) =>
      objectsIn(message['content']).map((block, place) => ({
        path: `messages.${at}.content.${place}`,
        block,
      })),
    ),
  ].filter(({ block }) => block['cache_control'] !== undefined && block['cache_control'] !== null)
  for (const { path, block } of marked) {
    const control = asObject(block['cache_control'])
    if (control?.['type'] !== 'ephemeral') {
      throw invalidMessages(`${path}.cache_control.type: Input should be 'ephemeral'`)
    }
    for (const name of Object.keys(control)) {
      if (!CACHE_CONTROL.has(name)) throw extraInput(`${path}.cache_control.ephemeral.${name}`)
    }
  }
  if (marked.length > MOST_MARKS) {
    throw invalidMessages(
      `A maximum of ${MOST_MARKS} blocks with cache_control may be provided. Found ${marked.length}.`,
    )
  }
}
