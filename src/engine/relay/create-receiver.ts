import type { Call } from '../../core/call.ts'
import type { Answer } from '../../core/conversation.ts'
import type {
  Dialect,
  EncodeContext,
  GenerateDialect,
  StreamEncoder,
  StreamOptions,
  Wire,
} from '../../core/dialect.ts'
import { BadGatewayError, JetwayError } from '../../core/errors.ts'
import { asNumber, isJsonObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { decodeEmbedding } from '../embed/embeddings-wire.ts'
import type { Outbound } from '../plan/outbound.ts'
import { partsOfAnswer } from './answer-parts.ts'
import { CollectStream } from './collect-stream.ts'
import { createEarlyEnd } from './early-end.ts'
import type { Outlet } from './outlet.ts'
import type { Receiver } from './receiver.ts'
import { RelayStream } from './relay-stream.ts'
import { TranslateStream } from './translate-stream.ts'
import { WholeReceiver } from './whole-answer.ts'
import type { Finished } from './whole-answer.ts'

export interface ReceiverInput {
  readonly call: Call
  readonly dialect: Dialect
  readonly wire: Wire | undefined
  readonly outbound: Outbound
  readonly outlet: Outlet
  readonly maxAnswerBytes: number
  readonly nowMs: number
  /** Since the call came in, for dialects that tell how long an answer took. */
  readonly elapsedMs: () => number
}

/** The way back for one attempt: relay or translate, whole or streamed, as the plan says. */
export function createReceiver(input: ReceiverInput): Receiver {
  const { call, dialect, outbound, outlet, maxAnswerBytes } = input
  if (dialect.operation === 'embed') {
    const inputs = outbound.embedding?.inputs.length ?? 0
    return new WholeReceiver(outlet, maxAnswerBytes, (bytes) => {
      const embedding = decodeEmbedding(bytes, inputs)
      return {
        bytes: print(dialect.encodeAnswer(embedding, context(input))),
        usage: embedding.usage,
      }
    })
  }
  if (dialect.operation === 'count-tokens') {
    return new WholeReceiver(outlet, maxAnswerBytes, (bytes) => ({
      bytes: print(dialect.encodeAnswer(readCount(bytes), context(input))),
    }))
  }
  const { wire } = input
  if (wire === undefined) {
    throw new JetwayError(`no codec for the wire ${outbound.plan.wire}`, { code: 'wire_missing' })
  }
  const { mode, upstreamStream } = outbound.plan
  const options: StreamOptions = {
    requestId: call.id,
    includeUsage: outbound.includeUsage,
    nowMs: input.nowMs,
    candidates: outbound.conversation?.candidates ?? asNumber(call.body.json['n']),
  }
  if (mode === 'relay') {
    return upstreamStream
      ? new RelayStream(outlet, wire.createRelayFilter(options))
      : new WholeReceiver(outlet, maxAnswerBytes, (bytes) => wire.repairAnswer(bytes, options))
  }
  const { restore, conversation } = outbound
  const early = upstreamStream ? createEarlyEnd(restore, conversation) : undefined
  if (upstreamStream && call.stream) {
    const encoder = streamEncoder(dialect, input)
    return new TranslateStream(outlet, wire, encoder, options, early)
  }
  if (upstreamStream) {
    const encode = (answer: Answer): Uint8Array => encodeWhole(dialect, answer, input)
    return new CollectStream(outlet, wire, options, maxAnswerBytes, encode, early, restore)
  }
  return new WholeReceiver(outlet, maxAnswerBytes, (bytes): Finished => {
    const answer = wire.decodeAnswer(parseAnswer(bytes))
    const made = call.stream
      ? encodeAsStream(dialect, answer, input)
      : encodeWhole(dialect, answer, input)
    return { bytes: made, usage: answer.usage }
  })
}

function context({ call, outbound, nowMs, elapsedMs }: ReceiverInput): EncodeContext {
  return {
    requestId: call.id,
    model: call.model === '' ? outbound.model.id : call.model,
    conversation: outbound.conversation,
    request: call.body.json,
    nowMs,
    elapsedMs,
  }
}

function encodeWhole(dialect: GenerateDialect, answer: Answer, input: ReceiverInput): Uint8Array {
  const restored = input.outbound.restore?.answer(answer) ?? answer
  return print(dialect.encodeAnswer(restored, context(input)))
}

/** The client's encoder, behind what undoes the healing of its request. */
function streamEncoder(dialect: GenerateDialect, input: ReceiverInput): StreamEncoder {
  const encoder = dialect.createStreamEncoder(context(input))
  const { restore } = input.outbound
  if (restore === undefined) return encoder
  return {
    push(part) {
      let text = ''
      for (const restored of restore.part(part)) text += encoder.push(restored)
      return text
    },
  }
}

function encodeAsStream(
  dialect: GenerateDialect,
  answer: Answer,
  input: ReceiverInput,
): Uint8Array {
  const encoder = streamEncoder(dialect, input)
  return Buffer.from(
    partsOfAnswer(answer)
      .map((part) => encoder.push(part))
      .join(''),
  )
}

function print(body: JsonObject): Uint8Array {
  return Buffer.from(JSON.stringify(body))
}

function parseAnswer(bytes: Uint8Array): JsonObject {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value)) return value
  } catch (cause) {
    throw notJson(cause)
  }
  throw notJson(undefined)
}

function notJson(cause: unknown): BadGatewayError {
  return new BadGatewayError('the upstream answered 200 with something that is not a JSON object', {
    code: 'invalid_answer',
    cause,
  })
}

function readCount(bytes: Uint8Array): number {
  const tokens = asNumber(parseAnswer(bytes)['input_tokens'])
  if (tokens === undefined) {
    throw new BadGatewayError('the upstream counted tokens but gave no number', {
      code: 'invalid_answer',
    })
  }
  return tokens
}
