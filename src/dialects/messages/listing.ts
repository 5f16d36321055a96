import type { ListedModel } from '../../core/engine.ts'
import type { JsonObject } from '../../core/json.ts'
import { releasedAt } from '../../core/release-date.ts'

/** As `?limit=…&after_id=…&before_id=…` of https://docs.anthropic.com/en/api/models-list. */
export interface ListingPage {
  readonly limit?: number | undefined
  readonly afterId?: string | undefined
  readonly beforeId?: string | undefined
}

const DEFAULT_LIMIT = 20
const MOST_LIMIT = 1000

export function encodeModelList(
  models: readonly ListedModel[],
  page: ListingPage = {},
): JsonObject {
  const all = models.filter(isGenerating).map(encodeModel)
  const limit = Math.min(Math.max(page.limit ?? DEFAULT_LIMIT, 1), MOST_LIMIT)
  const after = all.findIndex(({ id }) => id === page.afterId)
  const before = page.beforeId === undefined ? -1 : all.findIndex(({ id }) => id === page.beforeId)
  const from = before >= 0 ? Math.max(0, before - limit) : after + 1
  const to = before >= 0 ? before : from + limit
  const data = all.slice(from, to)
  return {
    data,
    has_more: before >= 0 ? from > 0 : to < all.length,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
  }
}

/** One entry, as `GET /v1/models/{id}` answers it. */
export function encodeModel(listed: ListedModel): JsonObject & { readonly id: string } {
  const { name, model } = listed
  const { contextTokens, promptTokens, outputTokens } = model?.limits ?? {}
  const input = promptTokens ?? contextTokens
  return {
    type: 'model',
    id: dashedName(name),
    display_name: model?.name ?? name,
    // The epoch where the catalogue says no date, as the documentation has it for one that is not known.
    created_at: new Date(releasedAt(listed) * 1000).toISOString(),
    ...(input === undefined ? {} : { max_input_tokens: input }),
    ...(outputTokens === undefined ? {} : { max_tokens: outputTokens }),
  }
}

/** Claude Code cuts a dotted id at the dot and takes the model for an older one; the dashed spelling is the same model. */
function dashedName(name: string): string {
  return name.startsWith('claude-') ? name.replace(/(\d)\.(?=\d)/g, '$1-') : name
}

function isGenerating({ model }: ListedModel): boolean {
  return model === undefined || model.kind === 'chat'
}
