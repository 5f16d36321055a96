import type { DialectName, Operation } from './call.ts'
import type { Answer, Conversation } from './conversation.ts'
import type { Embedding, EmbeddingRequest } from './embedding.ts'
import type { JetwayError } from './errors.ts'
import type { JsonObject, JsonValue } from './json.ts'
import type { Model, WireName } from './model.ts'
import type { Part } from './parts.ts'
import type { Usage } from './usage.ts'

/** What planning needs to know of a request, read without decoding the whole of it. */
export interface RequestFacts {
  readonly model: string
  readonly stream: boolean
  /** Who spoke last: `user` only for a human turn; tool results, assistant turns and side calls are `agent`. */
  readonly lastTurn: 'user' | 'agent'
  readonly lastTurnReason: string
  readonly hasImages: boolean
  /** Tokens the caller allows for the answer. */
  readonly maxOutputTokens?: number | undefined
  /** The answer must follow a JSON Schema; told by dialects that may be relayed to a wire that takes no notice of it. */
  readonly wantsSchema?: boolean | undefined
}

/** Where a request came in, for dialects that keep model or streaming in the path (Gemini). */
export interface RequestPath {
  readonly params: Readonly<Record<string, string>>
  readonly query: ReadonlyMap<string, string>
}

/**
 * A wire format as clients speak it. Pure. Everything that throws, throws a `BadRequestError` that names the field.
 * One value per operation of a dialect; the registry in `dialects/index.ts` lists them all.
 */
interface DialectBase {
  /** Unique in the registry: `chat`, `messages`, `gemini:embedContent`. */
  readonly id: string
  readonly name: DialectName
  readonly operation: Operation
  /** The upstream wire on which the answer can be relayed instead of re-made. */
  readonly wire: WireName | undefined
  readFacts(body: JsonObject, path: RequestPath): RequestFacts
  /** The error in this dialect's shape. `headers` are added to the usual ones. */
  encodeError(error: JetwayError, requestId: string): EncodedError
}

export interface EncodedError {
  readonly status: number
  readonly body: JsonObject
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface GenerateDialect extends DialectBase {
  readonly operation: 'generate'
  decodeRequest(body: JsonObject, path: RequestPath): Conversation
  encodeAnswer(answer: Answer, context: EncodeContext): JsonObject
  /** The answer to a request that asks the model nothing (Ollama's load and unload), so that no upstream need be called. */
  answerUnasked?(body: JsonObject, context: EncodeContext): JsonObject | undefined
  /** As `text/event-stream`. */
  readonly streamContentType: string
  createStreamEncoder(context: EncodeContext): StreamEncoder
  /** Sent while the upstream is silent: a comment or a ping event. Undefined: nothing can be sent. */
  readonly keepAlive: string | undefined
}

export interface EmbedDialect extends DialectBase {
  readonly operation: 'embed'
  decodeRequest(body: JsonObject, path: RequestPath): EmbeddingRequest
  encodeAnswer(answer: Embedding, context: EncodeContext): JsonObject
}

export interface CountDialect extends DialectBase {
  readonly operation: 'count-tokens'
  decodeRequest(body: JsonObject, path: RequestPath): Conversation
  encodeAnswer(tokens: number, context: EncodeContext): JsonObject
}

export type Dialect = GenerateDialect | EmbedDialect | CountDialect

export interface EncodeContext {
  readonly requestId: string
  /** The name to answer under: what the client asked for. */
  readonly model: string
  /** The request, for what the answer must repeat or may hold (`include_usage`, tool kinds and names). */
  readonly conversation?: Conversation | undefined
  /** The client's own body, for dialects that echo it (responses). */
  readonly request: JsonObject
  readonly nowMs: number
  /** Milliseconds since the call began, read when asked, for dialects that tell durations (Ollama); absent: they tell none. */
  readonly elapsedMs?: (() => number) | undefined
}

/** Parts in, text of the stream out. Closes every block it opened, and writes exactly one terminal event. */
export interface StreamEncoder {
  /** What to send for this part; empty when nothing. */
  push(part: Part): string
}

/** A wire format as upstreams speak it. Pure. */
export interface Wire {
  readonly name: WireName
  /** Below the base URL. */
  readonly path: string
  encodeRequest(conversation: Conversation, model: Model): EncodedRequest
  decodeAnswer(body: JsonObject): Answer
  createStreamDecoder(onPart: (part: Part) => void, options: StreamOptions): StreamDecoder
  /** Repairs an answer that is passed on in its own form; returns the very same bytes when nothing is wrong with them. */
  repairAnswer(bytes: Uint8Array, options: StreamOptions): RepairedAnswer
  createRelayFilter(options: StreamOptions): RelayFilter
  /**
   * What a request that is passed on in its own form must change because of what we put into earlier answers: seals of
   * other wires, ids we made. Empty for a conversation that never left this wire; looks at no text.
   */
  repairRequest(body: JsonObject): readonly RequestRepair[]
}

/** One top-level member, changed. */
export interface RequestRepair {
  readonly field: string
  /** `undefined` removes it. */
  readonly value: JsonValue | undefined
  readonly reason: string
  /** What the caller loses by it, for `x-jetway-degraded`. */
  readonly loses?: string | undefined
}

export interface EncodedRequest {
  readonly body: JsonObject
  /** What this wire cannot carry and its absence does not change the meaning of: `top_k`, … */
  readonly degraded: readonly string[]
}

export interface StreamOptions {
  /** The name to answer under, put in place of the upstream's; `undefined` keeps the upstream's. */
  readonly model?: string | undefined
  readonly requestId: string
  /** Chat: the client asked for the usage chunk. */
  readonly includeUsage: boolean
  /** Chat: how many answers the client asked for (`n`). Where it asked for one, several choices are pieces of it. */
  readonly candidates?: number | undefined
  readonly nowMs: number
  /** Longest single event kept, in bytes. @default 16 MiB */
  readonly maxEventBytes?: number | undefined
}

/** Bytes of an upstream stream in, parts out through the callback. `end` reports a stream that stopped early as an error part. */
export interface StreamDecoder {
  push(bytes: Uint8Array): void
  end(): void
}

export interface RepairedAnswer {
  readonly bytes: Uint8Array
  readonly usage?: Usage | undefined
}

/** Passes a stream through, mending single events and reading usage beside it. */
export interface RelayFilter {
  /** What to send on now; the very same bytes when nothing needed repair, possibly none. Throws a `JetwayError` over the event bound. */
  push(bytes: Uint8Array): Uint8Array
  /** What to send at the end: nothing, or the dialect's error event when the closing event never came. */
  end(): Uint8Array
  /** The dialect's error event for a failure of the connection, if the stream has not ended yet; else nothing. */
  fail(error: JetwayError): Uint8Array
  readonly usage: Usage | undefined
  /** About how many bytes of the answer have passed: for an estimate where the upstream never says what it cost. */
  readonly answerBytes: number
  /** The closing event was seen. */
  readonly finished: boolean
  /** An error event was seen in the stream. */
  readonly failure: JetwayError | undefined
}
