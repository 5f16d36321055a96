import type { Embedding, EmbeddingRequest } from '../../core/embedding.ts'
import { BadGatewayError, BadRequestError } from '../../core/errors.ts'
import { asArray, asNumber, asObject, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import type { Usage } from '../../core/usage.ts'

/** What upstreams take at once where their catalogue does not say. */
const MAX_INPUTS = 512

/** The one form that every upstream takes: an array of texts, answered with numbers. */
export function encodeEmbedding(
  request: EmbeddingRequest,
  model: Model,
): { readonly body: JsonObject; readonly degraded: readonly string[] } {
  const limit = model.limits.maxInputs ?? MAX_INPUTS
  if (request.inputs.length > limit) {
    throw new BadRequestError(
      `${request.inputs.length} inputs, but ${model.id} takes ${limit} at once: send them in several requests`,
      { param: 'input', code: 'too_many_inputs' },
    )
  }
  const { dimensions, user } = request
  return {
    body: {
      model: model.id,
      input: [...request.inputs],
      ...(dimensions === undefined ? {} : { dimensions }),
      ...(user === undefined ? {} : { user }),
    },
    degraded: [],
  }
}

export function decodeEmbedding(bytes: Uint8Array, inputs: number): Embedding {
  const answer = parse(bytes)
  const items = asArray(answer?.['data'])
  const vectors: (readonly number[] | undefined)[] = Array.from({ length: inputs })
  for (const [position, item] of items.entries()) {
    const entry = asObject(item)
    const index = asNumber(entry?.['index']) ?? position
    // An index that no input has is left out, not made room for.
    if (index in vectors) vectors[index] = readVector(entry?.['embedding'])
  }
  const complete = vectors.filter((vector) => vector !== undefined)
  if (complete.length !== inputs) {
    throw new BadGatewayError(
      `the upstream gave ${complete.length} embeddings for ${inputs} inputs`,
      { code: 'invalid_answer' },
    )
  }
  const model = answer?.['model']
  return {
    model: typeof model === 'string' ? model : '',
    vectors: complete,
    usage: readUsage(asObject(answer?.['usage'])),
  }
}

function readVector(value: JsonValue | undefined): readonly number[] | undefined {
  if (typeof value === 'string') return fromBase64(value)
  if (!Array.isArray(value)) return undefined
  return value.every((one) => typeof one === 'number') ? value : undefined
}

/** Little-endian 32-bit floats. */
function fromBase64(text: string): readonly number[] {
  const bytes = Buffer.from(text, 'base64')
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readFloatLE(at * 4))
}

function readUsage(usage: JsonObject | undefined): Usage | undefined {
  const inputTokens = asNumber(usage?.['prompt_tokens']) ?? asNumber(usage?.['total_tokens'])
  if (inputTokens === undefined) return undefined
  return {
    inputTokens,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
  }
}

function parse(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
    )
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
