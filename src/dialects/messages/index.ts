/** Anthropic Messages (https://docs.anthropic.com/en/api/messages), as clients speak it and as upstreams do. */
import type { CountDialect, GenerateDialect, Wire } from '../../core/dialect.ts'
import { decodeAnswer } from './decode-answer.ts'
import { decodeRequest } from './decode-request.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { encodeAnswer } from './encode-answer.ts'
import { encodeRequest } from './encode-request.ts'
import { createStreamEncoder, PING } from './encode-stream.ts'
import { encodeError } from './errors.ts'
import { readFacts, readGenerateFacts } from './facts.ts'
import { createRelayFilter, repairAnswer } from './relay.ts'
import { repairRequest } from './repair-request.ts'

export { withoutBillingHeader } from './billing-header.ts'
export { withoutForeignThinking } from './foreign-thinking.ts'
export { encodeModel, encodeModelList, type ListingPage } from './listing.ts'

export const messages: GenerateDialect = {
  id: 'messages',
  name: 'messages',
  operation: 'generate',
  wire: 'messages',
  readFacts: readGenerateFacts,
  decodeRequest,
  encodeAnswer,
  encodeError,
  streamContentType: 'text/event-stream; charset=utf-8',
  createStreamEncoder,
  keepAlive: PING,
}

export const messagesCountTokens: CountDialect = {
  id: 'messages:count_tokens',
  name: 'messages',
  operation: 'count-tokens',
  wire: 'messages',
  readFacts,
  decodeRequest,
  encodeAnswer: (tokens) => ({ input_tokens: tokens }),
  encodeError,
}

export const messagesWire: Wire = {
  name: 'messages',
  path: '/v1/messages',
  encodeRequest,
  decodeAnswer,
  createStreamDecoder,
  repairAnswer,
  createRelayFilter,
  repairRequest,
}
