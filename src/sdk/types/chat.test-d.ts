// Compiled with the project: an assignment that does not hold fails the type check.
import type OpenAI from 'openai'
import { expectTypeOf } from 'vitest'
import type { AnswerStream } from '../answer-stream.ts'
import type { JetwayClient } from '../client.ts'
import type { ChatCompletion, ChatCompletionChunk, CompletionOptions } from './chat.ts'
import type { EmbeddingOptions, EmbeddingResponse } from './embedding.ts'
import type { WithResponse } from './options.ts'

declare const answer: ChatCompletion
declare const chunk: ChatCompletionChunk
declare const embedding: EmbeddingResponse
declare const theirParameters: OpenAI.Chat.ChatCompletionCreateParams
declare const theirMessages: OpenAI.Chat.ChatCompletionMessageParam[]
declare const theirTools: OpenAI.Chat.ChatCompletionTool[]
declare const theirAnswer: OpenAI.Chat.ChatCompletion
declare const theirEmbedding: OpenAI.EmbeddingCreateParams
declare const client: JetwayClient
declare const maybe: boolean

/** What we answer can be given to code written for the `openai` package. */
export const answers: OpenAI.Chat.ChatCompletion = answer
export const chunks: OpenAI.Chat.ChatCompletionChunk = chunk
export const embeddings: OpenAI.CreateEmbeddingResponse = embedding

/** What code written for the `openai` package holds can be given to us. */
export const parameters: CompletionOptions = theirParameters
export const messages: CompletionOptions = { messages: theirMessages, tools: theirTools }
export const again: CompletionOptions = { messages: [theirAnswer.choices[0]!.message] }
export const embedded: EmbeddingOptions = theirEmbedding
/** And an answer of ours is a turn of the next call. */
export const next: CompletionOptions = { messages: [answer.choices[0]!.message] }

/** A streamed call is an async iterable of chunks, a whole one an answer, and one that may be either, either. */
const whole = client.completion({ messages: [] })
const alsoWhole = client.completion({ messages: [], stream: false })
const streamed = client.completion({ messages: [], stream: true })
const either = client.completion({ messages: [], stream: maybe })
type Whole = WithResponse<ChatCompletion>
type Streamed = AnswerStream<ChatCompletionChunk, ChatCompletion>
expectTypeOf<Awaited<typeof whole>>().toEqualTypeOf<Whole>()
expectTypeOf<Awaited<typeof alsoWhole>>().toEqualTypeOf<Whole>()
expectTypeOf<Awaited<typeof streamed>>().toEqualTypeOf<Streamed>()
expectTypeOf<Awaited<typeof either>>().toEqualTypeOf<Whole | Streamed>()

/** A misspelt parameter and a wrong value are errors. */
// @ts-expect-error -- temperature is misspelt
export const misspelt: CompletionOptions = { messages: [], temperatur: 0 }
// @ts-expect-error -- a role that does not exist
export const wrongRole: CompletionOptions = { messages: [{ role: 'human', content: 'x' }] }
