import { asNumber, asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CatalogueModel } from '../catalogue/entry.ts'
import { codedError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import { namedError } from '../faults/named-errors.ts'
import { checkReasoningEffort } from '../gates/check-effort.ts'
import { checkImages } from '../gates/check-images.ts'
import { checkFunctions } from '../gates/check-tools.ts'
import { invalidBody } from '../gates/invalid-body.ts'
import { objectsIn } from '../prompts/content.ts'
import type { World } from '../world.ts'
import { belongs } from './item-ids.ts'
import { imagesInItem, inputItems, itemType } from './read-responses.ts'

const ITEM_TYPES = new Set([
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'local_shell_call',
  'local_shell_call_output',
  'reasoning',
  'compaction',
  'additional_tools',
  'tool_search_call',
  'tool_search_output',
])

/** What the model refuses of a Responses body. `items` is the whole conversation. */
export function checkResponses(
  world: World,
  headers: Readonly<Record<string, string>>,
  body: JsonObject,
  items: readonly JsonObject[],
  model: CatalogueModel,
  connection: string,
): void {
  checkParameters(body, model)
  const fresh = inputItems(body)
  if (fresh.length === 0 && items.length === 0) throw invalidBody('input must not be empty')
  for (const [index, item] of fresh.entries()) checkItem(world, item, index, model, connection)
  checkPairs(items)
  checkTools(body, model)
  checkReasoningEffort(model, asString(asObject(body['reasoning'])?.['effort']))
  checkImages(world, headers, model, items.flatMap(imagesInItem))
}

/** State is not kept, so everything that asks for it is refused. */
function checkParameters(body: JsonObject, model: CatalogueModel): void {
  if (body['store'] === true) throw invalidBody('store is not supported; set store to false')
  if (body['background'] === true) throw invalidBody('background is not supported')
  if (body['service_tier'] !== undefined && body['service_tier'] !== null) {
    throw invalidBody('service_tier is not supported')
  }
  for (const name of ['temperature', 'top_p']) {
    const value = asNumber(body[name])
    if (value !== undefined && model.traits.refusesSampling && value !== 1) {
      throw invalidBody(`Unsupported parameter: '${name}' is not supported with this model.`)
    }
  }
  const limit = body['max_output_tokens']
  if (
    limit !== undefined &&
    limit !== null &&
    (!Number.isInteger(limit) || (limit as number) < 1)
  ) {
    throw invalidBody('max_output_tokens must be an integer of at least 1')
  }
}

function checkItem(
  world: World,
  item: JsonObject,
  index: number,
  model: CatalogueModel,
  connection: string,
): void {
  const type = itemType(item)
  if (!ITEM_TYPES.has(type)) {
    throw invalidBody(`input[${index}]: items of type '${type}' are not supported`)
  }
  const id = asString(item['id'])
  if (
    id !== undefined &&
    !world.quirks.of(model).acceptItemIds &&
    !belongs(world, connection, id)
  ) {
    const message = 'input item ID does not belong to this connection'
    throw new Refusal('connection', namedError('not_this_connection', { message }))
  }
  if (type === 'reasoning') checkReasoning(world, item)
  if (type === 'message' && item['content'] === undefined) {
    throw invalidBody(`input[${index}].content is missing`)
  }
}

/** Reasoning comes back with exactly the content that went out. */
function checkReasoning(world: World, item: JsonObject): void {
  const content = asString(item['encrypted_content'])
  if (content !== undefined && world.sealer.open('reasoning', content) !== undefined) return
  const shown = content === undefined ? '' : ` ${content.slice(0, 8)}...`
  throw new Refusal(
    'body',
    codedError(
      400,
      'invalid_encrypted_content',
      `The encrypted content${shown} could not be verified.`,
    ),
  )
}

function checkPairs(items: readonly JsonObject[]): void {
  const called = new Set<string>()
  const answered = new Set<string>()
  for (const item of items) {
    const id = asString(item['call_id'])
    if (id === undefined) continue
    const type = itemType(item)
    if (type.endsWith('_call')) called.add(id)
    if (!type.endsWith('_output')) continue
    if (!called.has(id)) {
      throw invalidBody(`No tool call found for function call output with call_id ${id}.`)
    }
    answered.add(id)
  }
  for (const id of called) {
    if (!answered.has(id)) throw invalidBody(`No tool output found for function call ${id}.`)
  }
}

function checkTools(body: JsonObject, model: CatalogueModel): void {
  const functions: { name: string; schema: JsonObject }[] = []
  const look = (tools: readonly JsonObject[], path: string): void => {
    for (const [index, tool] of tools.entries()) {
      const type = asString(tool['type']) ?? ''
      if (!model.traits.responsesTools.includes(type)) {
        throw invalidBody(`The requested tool ${type} is not supported.`)
      }
      if (type === 'namespace') look(objectsIn(tool['tools']), `${path}[${index}].tools`)
      if (type !== 'function' && type !== 'custom') continue
      const name = asString(tool['name'])
      if (name === undefined)
        throw invalidBody(`Missing required parameter: '${path}[${index}].name'.`)
      functions.push({ name, schema: asObject(tool['parameters']) ?? {} })
    }
  }
  look(objectsIn(body['tools']), 'tools')
  checkFunctions(functions)
}
