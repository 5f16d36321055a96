/** OpenAI's chat completions, as clients speak it and as Copilot does: https://platform.openai.com/docs/api-reference/chat */
import type { GenerateDialect, Wire } from '../../core/dialect.ts'
import { decodeAnswer } from './decode-answer.ts'
import { decodeRequest } from './decode-request.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { encodeAnswer } from './encode-answer.ts'
import { encodeRequest } from './encode-request.ts'
import { createStreamEncoder } from './encode-stream.ts'
import { encodeError } from './errors.ts'
import { readFacts } from './facts.ts'
import { createRelayFilter } from './relay.ts'
import { repairRequest } from './repair-request.ts'
import { repairAnswer } from './repair-answer.ts'

export const chat: GenerateDialect = {
  id: 'chat',
  name: 'chat',
  operation: 'generate',
  wire: 'chat',
  readFacts,
  encodeError,
  decodeRequest,
  encodeAnswer,
  streamContentType: 'text/event-stream',
  createStreamEncoder,
  keepAlive: ': keep-alive\n\n',
}

export const chatWire: Wire = {
  name: 'chat',
  path: '/chat/completions',
  encodeRequest,
  decodeAnswer,
  createStreamDecoder,
  repairAnswer,
  createRelayFilter,
  repairRequest,
}
