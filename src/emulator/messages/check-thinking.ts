import { asNumber, asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CatalogueModel } from '../catalogue/entry.ts'
import { checkReasoningEffort } from '../gates/check-effort.ts'
import { extraInput, invalidMessages } from './refuse-messages.ts'

/** The thinking form a model takes, its budget, and what thinking rules out. */
export function checkThinking(body: JsonObject, model: CatalogueModel): void {
  const config = asObject(body['output_config'])
  for (const name of Object.keys(config ?? {})) {
    if (name !== 'effort' && name !== 'format') throw extraInput(`output_config.${name}`)
  }
  checkReasoningEffort(model, asString(config?.['effort']))

  if (body['thinking'] === undefined) return
  const thinking = asObject(body['thinking'])
  const { supports } = model.entry.capabilities
  switch (thinking?.['type']) {
    case 'disabled':
      return
    case 'adaptive':
      if (thinking['budget_tokens'] !== undefined)
        throw extraInput('thinking.adaptive.budget_tokens')
      if (!supports.adaptive_thinking) {
        throw invalidMessages('adaptive thinking is not supported on this model')
      }
      break
    case 'enabled':
      checkBudget(thinking, body, model)
      break
    default:
      throw invalidMessages("thinking.type: Input should be 'enabled', 'disabled' or 'adaptive'")
  }
  const temperature = asNumber(body['temperature'])
  if (temperature !== undefined && temperature !== 1) {
    throw invalidMessages('`temperature` may only be set to 1 when thinking is enabled.')
  }
  const forced = asString(asObject(body['tool_choice'])?.['type'])
  if (forced === 'any' || forced === 'tool') {
    throw invalidMessages('Thinking may not be enabled when tool_choice forces tool use.')
  }
}

function checkBudget(thinking: JsonObject, body: JsonObject, model: CatalogueModel): void {
  const { supports } = model.entry.capabilities
  if (model.traits.adaptiveOnly) {
    throw invalidMessages(
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    )
  }
  if (supports.max_thinking_budget === undefined) {
    throw invalidMessages('thinking is not supported on this model')
  }
  const budget = asNumber(thinking['budget_tokens'])
  const least = supports.min_thinking_budget ?? 1024
  if (budget === undefined) throw invalidMessages('thinking.enabled.budget_tokens: Field required')
  if (budget < least) {
    throw invalidMessages(
      `thinking.enabled.budget_tokens: Input should be greater than or equal to ${least}`,
    )
  }
  if (budget >= (asNumber(body['max_tokens']) ?? Infinity)) {
    throw invalidMessages('`max_tokens` must be greater than `thinking.budget_tokens`.')
  }
}
