import type OpenAI from 'openai'
import { expectTypeOf } from 'vitest'
import type { AnswerStream } from '../answer-stream.ts'
import type { JetwayClient } from '../client.ts'
import type { WithResponse } from './options.ts'
import type {
  ResponsesAnswer,
  ResponsesEvent,
  ResponsesFunctionCallItem,
  ResponsesMessageItem,
  ResponsesOptions,
  ResponsesReasoningItem,
} from './responses.ts'

declare const message: ResponsesMessageItem
declare const reasoning: ResponsesReasoningItem
declare const call: ResponsesFunctionCallItem
declare const answer: ResponsesAnswer
declare const theirs: OpenAI.Responses.ResponseCreateParams
declare const client: JetwayClient
declare const maybe: boolean

/** The items a caller works with are the `openai` package's. */
export const reasoningItem: OpenAI.Responses.ResponseReasoningItem = reasoning
export const callItem: OpenAI.Responses.ResponseFunctionToolCall = call
export const messageItem: Pick<OpenAI.Responses.ResponseOutputMessage, 'id' | 'role' | 'status'> =
  message
export const state: Pick<
  OpenAI.Responses.Response,
  'id' | 'output_text' | 'object' | 'created_at' | 'model' | 'metadata'
> = answer

/** Its parameters are ours, whatever the model's absence means there. */
export const parameters: ResponsesOptions = { ...theirs, model: 'gpt-5-mini' }
/** Items of an answer are input of the next call. */
export const next: ResponsesOptions = { model: 'gpt-5-mini', input: answer.output }

const whole = client.responses({ model: 'm', input: '' })
const streamed = client.responses({ model: 'm', input: '', stream: true })
const either = client.responses({ model: 'm', input: '', stream: maybe })
type Whole = WithResponse<ResponsesAnswer>
type Streamed = AnswerStream<ResponsesEvent, ResponsesAnswer>
expectTypeOf<Awaited<typeof whole>>().toEqualTypeOf<Whole>()
expectTypeOf<Awaited<typeof streamed>>().toEqualTypeOf<Streamed>()
expectTypeOf<Awaited<typeof either>>().toEqualTypeOf<Whole | Streamed>()
