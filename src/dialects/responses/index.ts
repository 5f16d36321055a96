/** OpenAI Responses (https://platform.openai.com/docs/api-reference/responses), as clients speak it and as upstreams do. */
import type { GenerateDialect, Wire } from '../../core/dialect.ts'
import { decodeAnswer } from './decode-answer.ts'
import { decodeRequest } from './decode-request.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { encodeAnswer } from './encode-answer.ts'
import { encodeRequest } from './encode-request.ts'
import { createStreamEncoder, KEEP_ALIVE } from './encode-stream.ts'
import { encodeError } from './errors.ts'
import { readFacts } from './facts.ts'
import { createRelayFilter, repairAnswer } from './relay.ts'
import { repairRequest } from './repair-request.ts'

export { withoutForeignReasoning } from './foreign-reasoning.ts'
export { withoutItemIds } from './item-ids.ts'
export {
  createFrameReader,
  decodeClientFrame,
  encodeClientFrame,
  errorFrame,
  eventFromFrame,
  readClientFrame,
} from './web-socket.ts'

export const responses: GenerateDialect = {
  id: 'responses',
  name: 'responses',
  operation: 'generate',
  wire: 'responses',
  readFacts,
  decodeRequest,
  encodeAnswer,
  encodeError,
  streamContentType: 'text/event-stream; charset=utf-8',
  createStreamEncoder,
  keepAlive: KEEP_ALIVE,
}

/** The same request, answered by a shorter conversation: `POST /responses/compact`, which the gateway does. */
export const responsesCompact: GenerateDialect = { ...responses, id: 'responses:compact' }

export const responsesWire: Wire = {
  name: 'responses',
  path: '/responses',
  encodeRequest,
  decodeAnswer,
  createStreamDecoder,
  repairAnswer,
  createRelayFilter,
  repairRequest,
}
