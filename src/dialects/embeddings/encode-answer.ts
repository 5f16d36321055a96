import type { EncodeContext } from '../../core/dialect.ts'
import type { Embedding } from '../../core/embedding.ts'
import type { JsonObject } from '../../core/json.ts'

export function encodeAnswer(answer: Embedding, context: EncodeContext): JsonObject {
  const base64 = context.request['encoding_format'] === 'base64'
  const tokens = answer.usage?.inputTokens ?? 0
  return {
    object: 'list',
    data: answer.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: base64 ? encodeBase64(vector) : [...vector],
    })),
    model: context.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

/** 32-bit floats, little-endian. OpenAI's SDKs ask for this form by default and decode it themselves. */
function encodeBase64(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4)
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4)
  return bytes.toString('base64')
}
