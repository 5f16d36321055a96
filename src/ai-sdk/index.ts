/**
 * GitHub Copilot's models for the AI SDK.
 *
 * @example
 * import { generateText } from 'ai'
 * import { copilot } from 'jetway/ai-sdk'
 *
 * const { text } = await generateText({ model: copilot('gpt-4o'), prompt: 'Say hello' })
 * @module
 */
import type { EmbeddingModelV3, LanguageModelV3, ProviderV3 } from '@ai-sdk/provider'
import { NotFoundError } from '../core/errors.ts'
import type { JetwayClient } from '../sdk/client.ts'
import { createCopilot } from '../sdk/create-copilot.ts'
import type { CopilotOptions } from '../sdk/options.ts'
import { createEmbeddingModel } from './embedding-model.ts'
import { createLanguageModel } from './language-model.ts'

export type { CopilotOptions } from '../sdk/options.ts'

/** Callable: `provider('gpt-4o')` is `provider.languageModel('gpt-4o')`. */
export interface JetwayProvider extends ProviderV3 {
  (modelId: string): LanguageModelV3
  embeddingModel(modelId: string): EmbeddingModelV3
  textEmbeddingModel(modelId: string): EmbeddingModelV3
}

export interface JetwayProviderOptions extends CopilotOptions {
  /** Calls through this client instead of one of the provider's own. */
  client?: JetwayClient | undefined
}

/** A provider with credentials of its own, or over a client that you have. */
export function createJetway(options: JetwayProviderOptions = {}): JetwayProvider {
  const { client: given, ...rest } = options
  let own: JetwayClient | undefined
  const client = (): JetwayClient => given ?? (own ??= createCopilot(rest))
  const languageModel = (modelId: string): LanguageModelV3 => createLanguageModel(client(), modelId)
  const embeddingModel = (modelId: string): EmbeddingModelV3 =>
    createEmbeddingModel(client(), modelId)
  const noImages = (modelId: string): never => {
    throw new NotFoundError(`GitHub Copilot has no image model '${modelId}'`, { model: modelId })
  }
  const provider = (modelId: string): LanguageModelV3 => languageModel(modelId)
  return Object.assign(provider, {
    specificationVersion: 'v3' as const,
    languageModel,
    embeddingModel,
    textEmbeddingModel: embeddingModel,
    imageModel: noImages,
  })
}

/** The provider over this machine's sign-in. */
export const copilot: JetwayProvider = /* @__PURE__ */ createJetway()
