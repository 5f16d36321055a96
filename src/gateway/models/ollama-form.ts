import { hash } from 'node:crypto'
import type { ListedModel } from '../../core/engine.ts'
import type { JsonObject } from '../../core/json.ts'
import { releasedAt } from '../../core/release-date.ts'

/** https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models; there is no file, so sizes are 0. */
function ollamaTag(listed: ListedModel): JsonObject {
  return {
    name: listed.name,
    model: listed.name,
    modified_at: new Date(releasedAt(listed) * 1000).toISOString(),
    size: 0,
    digest: digestOf(listed),
    details: details(listed),
  }
}

/** Clients tell models apart by it, and take an empty one for a broken entry: there is no file, so it is that of the name. */
function digestOf({ name, model }: ListedModel): string {
  return hash('sha256', `${name}\n${model?.id ?? ''}`, 'hex')
}

export function ollamaTags(models: readonly ListedModel[]): JsonObject {
  return { models: models.map(ollamaTag) }
}

/** https://github.com/ollama/ollama/blob/main/docs/api.md#show-model-information */
export function ollamaShow(listed: ListedModel): JsonObject {
  const { model } = listed
  return {
    modelfile: '',
    parameters: '',
    template: '',
    details: details(listed),
    model_info: {
      'general.architecture': familyOf(listed),
      'general.basename': model?.name ?? listed.name,
      [`${familyOf(listed)}.context_length`]: model?.limits.contextTokens,
    },
    capabilities: capabilities(listed),
    modified_at: new Date(releasedAt(listed) * 1000).toISOString(),
  }
}

function details(listed: ListedModel): JsonObject {
  const family = familyOf(listed)
  return {
    parent_model: '',
    format: 'api',
    family,
    families: [family],
    parameter_size: '',
    quantization_level: '',
  }
}

function familyOf({ name, model }: ListedModel): string {
  return /^[a-z]+/i.exec(model?.id ?? name.split('/').at(-1) ?? '')?.[0].toLowerCase() ?? 'unknown'
}

function capabilities({ model }: ListedModel): string[] {
  if (!model) return ['completion']
  if (model.kind === 'embeddings') return ['embedding']
  const { supports } = model
  return [
    'completion',
    ...(supports.toolCalls ? ['tools'] : []),
    ...(supports.vision ? ['vision'] : []),
    ...(supports.reasoningEfforts.length > 0 || supports.adaptiveThinking ? ['thinking'] : []),
  ]
}
