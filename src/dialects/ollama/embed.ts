import type { EmbedDialect } from '../../core/dialect.ts'
import { optionalInteger, requiredString } from '../fields/read-fields.ts'
import { decodeInputs } from '../embeddings/decode-request.ts'
import { encodeError } from './errors.ts'
import { modelName, readEmbedFacts } from './facts.ts'

/** https://github.com/ollama/ollama/blob/main/docs/api.md#generate-embeddings */
export const ollamaEmbed: EmbedDialect = {
  id: 'ollama:embed',
  name: 'ollama',
  operation: 'embed',
  wire: undefined,
  readFacts: readEmbedFacts,
  encodeError,
  decodeRequest: (body) => ({
    model: modelName(body),
    inputs: decodeInputs(body['input']),
    dimensions: optionalInteger(body, 'dimensions'),
    encoding: 'float',
  }),
  encodeAnswer(answer, context) {
    const elapsed = context.elapsedMs?.()
    return {
      model: context.model,
      embeddings: answer.vectors.map((vector) => [...vector]),
      ...(elapsed === undefined
        ? {}
        : { total_duration: Math.round(elapsed * 1_000_000), load_duration: 0 }),
      ...(answer.usage === undefined ? {} : { prompt_eval_count: answer.usage.inputTokens }),
    }
  },
}

/** Its predecessor, `/api/embeddings`: one prompt, one vector. */
export const ollamaEmbeddings: EmbedDialect = {
  ...ollamaEmbed,
  id: 'ollama:embeddings',
  decodeRequest: (body) => ({
    model: modelName(body),
    inputs: [requiredString(body, 'prompt')],
    encoding: 'float',
  }),
  encodeAnswer: (answer) => ({ embedding: [...(answer.vectors[0] ?? [])] }),
}
