import type { EmbeddingModelV3 } from '@ai-sdk/provider'
import type { JetwayClient } from '../sdk/client.ts'
import { presentHeaders } from './encode-options.ts'

/** Copilot takes this many texts in one call. */
const MAX_INPUTS = 512

export function createEmbeddingModel(client: JetwayClient, modelId: string): EmbeddingModelV3 {
  return {
    specificationVersion: 'v3',
    provider: 'jetway',
    modelId,
    maxEmbeddingsPerCall: MAX_INPUTS,
    supportsParallelCalls: true,
    async doEmbed({ values, abortSignal, headers, providerOptions }) {
      const dimensions = providerOptions?.['jetway']?.['dimensions']
      const answer = await client.embedding({
        model: modelId,
        input: values,
        ...(typeof dimensions === 'number' ? { dimensions } : {}),
        extra_headers: presentHeaders(headers),
        signal: abortSignal,
      })
      const sorted = answer.data.toSorted((a, b) => a.index - b.index)
      return {
        embeddings: sorted.map(({ embedding }) => embedding),
        usage: { tokens: answer.usage.prompt_tokens },
        warnings: [],
        response: { headers: { ...answer._response.headers }, body: answer },
      }
    },
  }
}
