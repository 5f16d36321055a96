/** OpenAI's embeddings: https://platform.openai.com/docs/api-reference/embeddings */
import type { EmbedDialect } from '../../core/dialect.ts'
import { encodeError } from '../chat/errors.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeAnswer } from './encode-answer.ts'
import { readFacts } from './facts.ts'

export const embeddings: EmbedDialect = {
  id: 'embeddings',
  name: 'embeddings',
  operation: 'embed',
  wire: 'embeddings',
  readFacts,
  encodeError,
  decodeRequest,
  encodeAnswer,
}
