import type { ListedModel } from '../../core/engine.ts'
import type { JsonObject } from '../../core/json.ts'

/** `GET /models` in OpenAI's form, or in Anthropic's when its SDK asks. */
export function encodeModelList(models: readonly ListedModel[], anthropic: boolean): JsonObject {
  if (!anthropic) return { object: 'list', data: models.map(openaiModel) }
  const data = models.map(anthropicModel)
  return {
    data,
    has_more: false,
    first_id: models[0]?.name ?? null,
    last_id: models.at(-1)?.name ?? null,
  }
}

export function encodeModel(model: ListedModel, anthropic: boolean): JsonObject {
  return anthropic ? anthropicModel(model) : openaiModel(model)
}

/** The catalogue says no date; both forms want one. */
const UNKNOWN_DATE = new Date(0)

function openaiModel({ name, provider, model }: ListedModel): JsonObject {
  return {
    id: name,
    object: 'model',
    created: UNKNOWN_DATE.getTime() / 1000,
    owned_by: model?.vendor ?? provider,
  }
}

function anthropicModel({ name, model }: ListedModel): JsonObject {
  return {
    type: 'model',
    id: name,
    display_name: model?.name ?? name,
    created_at: UNKNOWN_DATE.toISOString(),
  }
}
