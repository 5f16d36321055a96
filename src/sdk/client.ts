import type { AnswerStream } from './answer-stream.ts'
import type { ChatCompletion, ChatCompletionChunk, CompletionOptions } from './types/chat.ts'
import type { EmbeddingOptions, EmbeddingResponse } from './types/embedding.ts'
import type { MessageAnswer, MessageEvent, MessagesOptions } from './types/messages.ts'
import type { ModelInfo } from './types/models.ts'
import type { WithResponse } from './types/options.ts'
import type { Quota } from './types/quota.ts'
import type { ResponsesAnswer, ResponsesEvent, ResponsesOptions } from './types/responses.ts'

/** The same functions as the package's own, bound to one set of credentials. */
export interface JetwayClient {
  readonly completion: Completion
  readonly responses: Responses
  readonly messages: Messages
  /** Numbers for texts, to compare them by meaning. */
  embedding(options: EmbeddingOptions): Promise<WithResponse<EmbeddingResponse>>
  /** Every model this account may use, from the live catalogue. */
  listModels(options?: { signal?: AbortSignal | undefined }): Promise<ModelInfo[]>
  /** What is left of the account's entitlement, as GitHub counts it. */
  getQuota(options?: { signal?: AbortSignal | undefined }): Promise<Quota>
  /** Ends every connection and timer of this client, calls under way included. The next call begins anew. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

type Streaming<T> = T & { stream: true }
type Whole<T> = T & { stream?: false | null | undefined }

/** One answer to a conversation, by OpenAI's chat completions; with `stream: true`, chunk by chunk. */
export interface Completion {
  (
    options: Streaming<CompletionOptions>,
  ): Promise<AnswerStream<ChatCompletionChunk, ChatCompletion>>
  (options: Whole<CompletionOptions>): Promise<WithResponse<ChatCompletion>>
  (
    options: CompletionOptions,
  ): Promise<WithResponse<ChatCompletion> | AnswerStream<ChatCompletionChunk, ChatCompletion>>
}

/** One answer by OpenAI's Responses API; with `stream: true`, event by event. */
export interface Responses {
  (options: Streaming<ResponsesOptions>): Promise<AnswerStream<ResponsesEvent, ResponsesAnswer>>
  (options: Whole<ResponsesOptions>): Promise<WithResponse<ResponsesAnswer>>
  (
    options: ResponsesOptions,
  ): Promise<WithResponse<ResponsesAnswer> | AnswerStream<ResponsesEvent, ResponsesAnswer>>
}

/** One answer by Anthropic's Messages API; with `stream: true`, event by event. */
export interface Messages {
  (options: Streaming<MessagesOptions>): Promise<AnswerStream<MessageEvent, MessageAnswer>>
  (options: Whole<MessagesOptions>): Promise<WithResponse<MessageAnswer>>
  (
    options: MessagesOptions,
  ): Promise<WithResponse<MessageAnswer> | AnswerStream<MessageEvent, MessageAnswer>>
}
