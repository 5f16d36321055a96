import type { ListedModel } from '../../core/engine.ts'
import type { JsonObject } from '../../core/json.ts'

/** https://ai.google.dev/api/models */
export function geminiModel({ name, model }: ListedModel): JsonObject {
  const methods =
    model?.kind === 'embeddings'
      ? ['embedContent', 'batchEmbedContents']
      : ['generateContent', 'streamGenerateContent', 'countTokens']
  return {
    name: `models/${name}`,
    baseModelId: name,
    version: model?.id ?? name,
    displayName: model?.name ?? name,
    inputTokenLimit: model?.limits.promptTokens,
    outputTokenLimit: model?.limits.outputTokens,
    supportedGenerationMethods: methods,
  }
}

export function geminiList(models: readonly ListedModel[]): JsonObject {
  return { models: models.map(geminiModel) }
}
