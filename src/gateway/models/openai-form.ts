import type { ListedModel } from '../../core/engine.ts'
import type { JsonObject } from '../../core/json.ts'
import { releasedAt } from '../../core/release-date.ts'

/** https://platform.openai.com/docs/api-reference/models/list, and beside it what the catalogue knows. */
export function openaiModel(listed: ListedModel): JsonObject {
  const { name, provider, model } = listed
  const own = { id: name, object: 'model', created: releasedAt(listed), owned_by: provider }
  if (!model) return own
  const { limits } = model
  return {
    ...own,
    name: model.name,
    vendor: model.vendor,
    type: model.kind,
    wires: [...model.wires],
    context_length: limits.contextTokens,
    max_input_tokens: limits.promptTokens,
    max_output_tokens: limits.outputTokens,
    preview: model.preview,
  }
}

export function openaiList(models: readonly ListedModel[]): JsonObject {
  return { object: 'list', data: models.map(openaiModel) }
}
