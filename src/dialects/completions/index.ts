/** OpenAI's legacy completions, carried by chat models: https://platform.openai.com/docs/api-reference/completions */
import type { GenerateDialect } from '../../core/dialect.ts'
import { encodeError } from '../chat/errors.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeAnswer } from './encode-answer.ts'
import { createStreamEncoder } from './encode-stream.ts'
import { readFacts } from './facts.ts'

export const completions: GenerateDialect = {
  id: 'completions',
  name: 'completions',
  operation: 'generate',
  wire: undefined,
  readFacts,
  encodeError,
  decodeRequest,
  encodeAnswer,
  streamContentType: 'text/event-stream',
  createStreamEncoder,
  keepAlive: ': keep-alive\n\n',
}
