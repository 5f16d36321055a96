import type { EmbedDialect, RequestFacts, RequestPath } from '../../core/dialect.ts'
import type { EmbeddingRequest } from '../../core/embedding.ts'
import { asArray, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { optionalInteger, requiredArray, requireObject, wrongField } from '../fields/read-fields.ts'
import { encodeError } from './errors.ts'
import { camelCased } from './member.ts'
import { modelOf } from './model-path.ts'

/** https://ai.google.dev/api/embeddings#method:-models.embedcontent */
export const embedContent: EmbedDialect = {
  id: 'gemini:embedContent',
  name: 'gemini',
  operation: 'embed',
  wire: undefined,
  readFacts,
  encodeError,
  decodeRequest(body, path) {
    const { text, dimensions } = decodeOne(body, '')
    return requestOf(modelOf(path, body), [text], dimensions)
  },
  encodeAnswer(answer) {
    return { embedding: { values: [...(answer.vectors[0] ?? [])] } }
  },
}

/** https://ai.google.dev/api/embeddings#method:-models.batchembedcontents; Google's SDK asks for one embedding this way, too. */
export const batchEmbedContents: EmbedDialect = {
  ...embedContent,
  id: 'gemini:batchEmbedContents',
  decodeRequest(body, path) {
    const requests = requiredArray(body, 'requests').map((entry, index) =>
      decodeOne(requireObject(entry, `requests[${index}]`), `requests[${index}].`),
    )
    const [first] = requests
    if (first === undefined) throw wrongField('requests', 'a list of at least one request', [])
    for (const [index, { dimensions }] of requests.entries())
      if (dimensions !== first.dimensions)
        throw wrongField(
          `requests[${index}].outputDimensionality`,
          'the same for all requests of a batch',
          dimensions,
        )
    const texts = requests.map((request) => request.text)
    return requestOf(modelOf(path, body), texts, first.dimensions)
  },
  encodeAnswer(answer) {
    return { embeddings: answer.vectors.map((vector) => ({ values: [...vector] })) }
  },
}

function readFacts(body: JsonObject, path: RequestPath): RequestFacts {
  return {
    model: modelOf(path, body),
    stream: false,
    lastTurn: 'user',
    lastTurnReason: 'an embedding is asked for, nobody speaks',
    hasImages: false,
  }
}

function requestOf(
  model: string,
  inputs: readonly string[],
  dimensions: number | undefined,
): EmbeddingRequest {
  return { model, inputs, dimensions, encoding: 'float' }
}

function decodeOne(
  request: JsonObject,
  at: string,
): { readonly text: string; readonly dimensions: number | undefined } {
  const body = camelCased(request)
  const content = body['content']
  const text =
    typeof content === 'string' ? content : textOf(requireObject(content, `${at}content`))
  if (text === undefined) throw wrongField(`${at}content.parts`, 'parts of text', content)
  return { text, dimensions: optionalInteger(body, 'outputDimensionality', at) }
}

function textOf(content: JsonObject): string | undefined {
  const texts = asArray(content['parts']).map((part: JsonValue) =>
    isJsonObject(part) ? asString(part['text']) : undefined,
  )
  if (texts.length === 0 || texts.includes(undefined)) return undefined
  return texts.join('\n')
}
