import { asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Draft } from '../../core/upstream.ts'
import type { Changes } from './changes.ts'
import { dropEmptyTools, PATTERN } from './chat.ts'
import { fitReasoningEffort, fitSampling } from './parameters.ts'
import { mapSame, repairSchema, withMember } from './tool-schemas.ts'

/** What Copilot's Responses endpoint would refuse, put right. It keeps nothing between two calls over HTTP. */
export function fitResponses(draft: Draft, changes: Changes): void {
  const { body } = draft
  if (body['service_tier'] !== undefined) {
    changes.remove('service_tier', 'Copilot has no service tiers')
    if (!['auto', 'default', null].includes(body['service_tier'] as string | null)) {
      changes.lose('service_tier')
    }
  }
  if (body['store'] === true) {
    changes.set('store', false, 'set', 'Copilot stores no answers')
    changes.lose('store')
  }
  if (body['background'] !== undefined) {
    changes.remove('background', 'Copilot answers at once or not at all')
    if (body['background'] === true) changes.lose('background')
  }
  // One that names an answer stays: without what it refers to the call would mean something else, so upstream may say no.
  if (body['previous_response_id'] === null) {
    changes.remove('previous_response_id', 'it names nothing')
  }
  fitSampling(draft, changes)
  fitReasoningEffort(draft, changes, 'reasoning')
  fitItems(draft, changes)
  fitTools(draft, changes)
}

function fitItems({ body, lessons }: Draft, changes: Changes): void {
  const { input } = body
  if (!Array.isArray(input)) return
  const withoutIds = lessons.some(({ kind }) => kind === 'drop-item-ids')
  const repaired = mapSame(input, (item) => {
    if (!isJsonObject(item)) return item
    const clean = item['type'] === 'reasoning' ? withoutNulls(item) : item
    return withoutIds ? withoutId(clean) : clean
  })
  if (repaired === input) return
  const reason = withoutIds
    ? 'the ids are of another connection, which Copilot refuses'
    : 'empty fields of reasoning items are refused'
  changes.set('input', repaired, 'repaired', reason)
}

/** SDKs write absent fields as null; an empty `encrypted_content` is content and stays. */
function withoutNulls(item: JsonObject): JsonObject {
  let clean = item
  for (const name of ['status', 'content', 'encrypted_content']) {
    if (item[name] === null) clean = withMember(clean, name, undefined)
  }
  return clean
}

function withoutId(item: JsonObject): JsonObject | undefined {
  return item['type'] === 'item_reference' ? undefined : withMember(item, 'id', undefined)
}

function fitTools({ body }: Draft, changes: Changes): void {
  const { tools } = body
  if (!Array.isArray(tools)) return
  if (tools.length === 0) {
    dropEmptyTools(changes)
    return
  }
  const repaired = mapSame(tools, repairTool)
  if (repaired !== tools) changes.set('tools', repaired, 'repaired', PATTERN)
}

function repairTool(tool: JsonValue): JsonValue {
  if (!isJsonObject(tool)) return tool
  const { parameters, tools } = tool
  if (isJsonObject(parameters)) {
    return withMember(tool, 'parameters', repairSchema(parameters, false))
  }
  // A namespace holds tools of its own.
  if (Array.isArray(tools) && asString(tool['type']) === 'namespace') {
    return withMember(tool, 'tools', mapSame(tools, repairTool))
  }
  return tool
}
