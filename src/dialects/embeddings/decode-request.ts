import type { EmbeddingRequest } from '../../core/embedding.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { optionalInteger, optionalString, refusedField, wrongField } from '../fields/read-fields.ts'

export function decodeRequest(body: JsonObject): EmbeddingRequest {
  const encoding = optionalString(body, 'encoding_format') ?? 'float'
  if (encoding !== 'float' && encoding !== 'base64')
    throw wrongField('encoding_format', 'float or base64', encoding)
  const dimensions = optionalInteger(body, 'dimensions')
  if (dimensions !== undefined && dimensions < 1)
    throw wrongField('dimensions', 'a number above 0', dimensions)
  return {
    model: optionalString(body, 'model') ?? '',
    inputs: decodeInputs(body['input']),
    dimensions,
    encoding,
    user: optionalString(body, 'user'),
  }
}

/** A text or a list of texts. Copilot takes no token numbers, and turning them back into text needs the model's own tokenizer. */
export function decodeInputs(input: JsonValue | undefined): readonly string[] {
  if (typeof input === 'string') return [input]
  if (!Array.isArray(input))
    throw wrongField('input', 'a text or a list of texts', input ?? undefined)
  if (input.length === 0) throw wrongField('input', 'a list of at least one text', input)
  return input.map((entry, index) => {
    if (typeof entry === 'string') return entry
    if (typeof entry === 'number' || Array.isArray(entry))
      throw refusedField(
        'input',
        'Inputs as token numbers cannot be embedded here: send the texts themselves (for LangChain: check_embedding_ctx_length=False).',
      )
    throw wrongField(`input[${index}]`, 'a text', entry)
  })
}
