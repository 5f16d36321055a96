import type Anthropic from '@anthropic-ai/sdk'
import type { AnswerStream } from '../answer-stream.ts'
import type { JetwayClient } from '../client.ts'
import type { MessageAnswer, MessageEvent, MessagesOptions, MessageStopReason } from './messages.ts'
import type { WithResponse } from './options.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(): T | undefined => undefined

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
holds<Same<MessageStopReason, Anthropic.StopReason>>()

const whole = client.messages({ model: 'm', messages: [] })
const streamed = client.messages({ model: 'm', messages: [], stream: true })
const either = client.messages({ model: 'm', messages: [], stream: maybe })
type Whole = WithResponse<MessageAnswer>
type Streamed = AnswerStream<MessageEvent, MessageAnswer>
holds<Same<Awaited<typeof whole>, Whole>>()
holds<Same<Awaited<typeof streamed>, Streamed>>()
holds<Same<Awaited<typeof either>, Whole | Streamed>>()
