import type { ListedModel } from '../../core/engine.ts'
import type { JsonObject } from '../../core/json.ts'
import { createdAt, dashed } from './model-facts.ts'

/** https://docs.anthropic.com/en/api/models-list; its clients know Claude's models by their dashed names. */
export function anthropicModel(listed: ListedModel): JsonObject {
  const { name, model } = listed
  return {
    type: 'model',
    id: /(?:^|\/)claude/.test(name) ? dashed(name) : name,
    display_name: model?.name ?? name,
    created_at: new Date(createdAt(listed) * 1000).toISOString(),
    max_input_tokens: model?.limits.promptTokens,
    max_tokens: model?.limits.outputTokens,
  }
}

/** One page, as long as the list: `limit` bounds it as their clients ask for. */
export function anthropicList(models: readonly ListedModel[], query: URLSearchParams): JsonObject {
  const limit = pageSize(query.get('limit'))
  const after = query.get('after_id')
  const all = models.map(anthropicModel)
  const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1
  const data = all.slice(start, start + limit)
  return {
    data,
    has_more: start + limit < all.length,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
  }
}

function pageSize(text: string | null): number {
  const size = Number(text ?? 1000)
  return Number.isInteger(size) && size >= 1 && size <= 1000 ? size : 1000
}
