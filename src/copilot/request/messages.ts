import { asNumber, asObject, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Draft } from '../../core/upstream.ts'
import { withoutBillingHeader } from '../../dialects/messages/index.ts'
import type { Changes } from './changes.ts'
import { fitReasoningEffort, fitSampling } from './parameters.ts'
import { fitThinking } from './thinking.ts'
import { mapSame, repairSchema, withMember } from './tool-schemas.ts'

/** Known to Anthropic's own API only. */
const NOT_HERE = ['service_tier', 'inference_geo'] as const

/** What Copilot's Messages endpoint would refuse of a body made for Anthropic's own, put right. */
export function fitMessages(draft: Draft, changes: Changes): void {
  const { body, model } = draft
  for (const name of NOT_HERE) {
    if (body[name] !== undefined) changes.remove(name, 'Copilot does not know it')
  }
  if (contextEditing(model.raw) === false && body['context_management'] !== undefined) {
    changes.remove('context_management', `${model.id} does not edit its context`)
    changes.lose('context_management')
  }
  const most = model.limits.outputTokens
  if (most !== undefined && (asNumber(body['max_tokens']) ?? 0) > most) {
    changes.set('max_tokens', most, 'repaired', `${model.id} writes ${most} tokens at most`)
    changes.lose('max_tokens')
  }
  fitSampling(draft, changes)
  fitThinking(draft, changes)
  fitReasoningEffort(draft, changes, 'output_config')
  fitOutputFormat(body, changes)
  fitBlocks(body, changes)
  fitTools(body, changes)
}

function contextEditing(raw: JsonObject): JsonValue | undefined {
  return asObject(asObject(raw['capabilities'])?.['supports'])?.['context_editing']
}

/** The older name of `output_config.format`. */
function fitOutputFormat(body: JsonObject, changes: Changes): void {
  const format = body['output_format']
  if (format === undefined) return
  const reason = 'it is called output_config.format now'
  changes.remove('output_format', reason)
  if (format === null) return
  const config = asObject(changes.get('output_config'))
  changes.set('output_config', { format, ...config }, 'renamed', reason)
}

const SCOPE = 'cache_control.scope is refused ("Extra inputs are not permitted")'

const BILLING_HEADER =
  'a note for Anthropic’s billing changes with every request, and what follows it is never cached'

/** Looks at every block, but into none: texts are not touched, so that a long conversation costs little. */
function fitBlocks(body: JsonObject, changes: Changes): void {
  const { messages } = body
  const system = withoutBillingHeader(body['system'])
  if (system !== body['system']) {
    if (system === undefined) changes.remove('system', BILLING_HEADER)
    else changes.set('system', system, 'repaired', BILLING_HEADER)
  }
  if (Array.isArray(system)) {
    const repaired = mapSame(system, withoutScope)
    if (repaired !== system) changes.set('system', repaired, 'repaired', SCOPE)
  }
  if (!Array.isArray(messages)) return
  const repaired = mapSame(messages, (message) => {
    const content = asObject(message)?.['content']
    if (!isJsonObject(message) || !Array.isArray(content)) return message
    return withMember(message, 'content', mapSame(content, blockWithoutScope))
  })
  if (repaired !== messages) changes.set('messages', repaired, 'repaired', SCOPE)
}

function blockWithoutScope(block: JsonValue): JsonValue {
  const clean = withoutScope(block)
  const inner = asObject(clean)?.['content']
  if (!isJsonObject(clean) || !Array.isArray(inner)) return clean
  return withMember(clean, 'content', mapSame(inner, withoutScope))
}

function withoutScope(block: JsonValue): JsonValue {
  if (!isJsonObject(block)) return block
  const cache = asObject(block['cache_control'])
  if (cache?.['scope'] === undefined) return block
  return withMember(block, 'cache_control', withMember(cache, 'scope', undefined))
}

function fitTools(body: JsonObject, changes: Changes): void {
  const { tools } = body
  if (!Array.isArray(tools)) return
  if (tools.length === 0) {
    for (const name of ['tools', 'tool_choice']) {
      if (body[name] !== undefined) changes.remove(name, 'an empty list of tools is refused')
    }
    return
  }
  const repaired = mapSame(tools, (tool) => {
    const clean = withoutScope(tool)
    if (!isJsonObject(clean)) return clean
    const bare = withMember(clean, 'eager_input_streaming', undefined)
    const schema = bare['input_schema']
    return isJsonObject(schema)
      ? withMember(bare, 'input_schema', repairSchema(schema, true))
      : bare
  })
  if (repaired === tools) return
  const reason =
    'eager_input_streaming, cache_control.scope, $schema and patterns that are no plain regular expressions are refused'
  changes.set('tools', repaired, 'repaired', reason)
}
