import type { ListedModel } from '../../core/engine.ts'
import type { JsonObject } from '../../core/json.ts'
import { releasedAt } from '../../core/release-date.ts'

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

function openaiModel(listed: ListedModel): JsonObject {
  const { name, provider, model } = listed
  return {
    id: name,
    object: 'model',
    created: releasedAt(listed),
    owned_by: model?.vendor ?? provider,
  }
}

function anthropicModel(listed: ListedModel): JsonObject {
  const { name, model } = listed
  return {
    type: 'model',
    id: name,
    display_name: model?.name ?? name,
    created_at: new Date(releasedAt(listed) * 1000).toISOString(),
  }
}
