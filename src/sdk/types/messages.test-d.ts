import type Anthropic from '@anthropic-ai/sdk'
import { expectTypeOf } from 'vitest'
import type { AnswerStream } from '../answer-stream.ts'
import type { JetwayClient } from '../client.ts'
import type { MessageAnswer, MessageEvent, MessagesOptions, MessageStopReason } from './messages.ts'
import type { WithResponse } from './options.ts'

declare const answer: MessageAnswer
declare const theirs: Anthropic.MessageCreateParams
declare const theirTools: Anthropic.Tool[]
declare const client: JetwayClient
declare const maybe: boolean

/** Parameters written for `@anthropic-ai/sdk` are ours. */
export const parameters: MessagesOptions = theirs
export const tools: MessagesOptions = { model: 'm', messages: [], tools: theirTools }
/** An answer of ours is a turn of the next call. */
export const next: MessagesOptions = {
  model: 'm',
  messages: [{ role: 'assistant', content: answer.content }],
}
/** The fields a caller branches on are its own. */
export const head: Pick<Anthropic.Message, 'id' | 'type' | 'role' | 'model' | 'stop_sequence'> =
  answer
expectTypeOf<MessageStopReason>().toEqualTypeOf<Anthropic.StopReason>()

const whole = client.messages({ model: 'm', messages: [] })
const streamed = client.messages({ model: 'm', messages: [], stream: true })
const either = client.messages({ model: 'm', messages: [], stream: maybe })
type Whole = WithResponse<MessageAnswer>
type Streamed = AnswerStream<MessageEvent, MessageAnswer>
expectTypeOf<Awaited<typeof whole>>().toEqualTypeOf<Whole>()
expectTypeOf<Awaited<typeof streamed>>().toEqualTypeOf<Streamed>()
expectTypeOf<Awaited<typeof either>>().toEqualTypeOf<Whole | Streamed>()
