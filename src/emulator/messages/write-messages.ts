import { countPieces, pieces } from '../accounting/count-tokens.ts'
import { eventFrame } from '../streams/frame.ts'
import type { Frame } from '../streams/frame.ts'
import { blocksFrom, inputUsage, messageId, stopReason } from './messages-answer.ts'
import type { Block, MessagesAnswer } from './messages-answer.ts'

/** A whole Messages answer. */
export function wholeMessages(messages: MessagesAnswer): unknown {
  return {
    id: messageId(messages),
    type: 'message',
    role: 'assistant',
    model: messages.model.traits.answersAs,
    content: blocksFrom(messages),
    stop_reason: stopReason(messages.answer),
    stop_sequence: messages.answer.stopSequence ?? null,
    usage: { ...inputUsage(messages.usage), output_tokens: messages.usage.output },
    context_management: { applied_edits: [] },
    ...(messages.quirks.copilotUsage && { copilot_usage: messages.copilotUsage }),
  }
}

/** The same as events. */
export function* messagesStream(messages: MessagesAnswer): Generator<Frame> {
  const usage = inputUsage(messages.usage)
  yield eventFrame({
    type: 'message_start',
    message: {
      id: messageId(messages),
      type: 'message',
      role: 'assistant',
      model: messages.model.traits.answersAs,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...usage, output_tokens: 1 },
    },
  })
  if (messages.quirks.pings) yield eventFrame({ type: 'ping' })
  for (const [index, block] of blocksFrom(messages).entries()) {
    yield* blockFrames(block, index)
  }
  yield eventFrame({
    type: 'message_delta',
    delta: {
      stop_reason: stopReason(messages.answer),
      stop_sequence: messages.answer.stopSequence ?? null,
    },
    usage: { ...usage, output_tokens: messages.usage.output },
    context_management: { applied_edits: [] },
    ...(messages.quirks.copilotUsage && { copilot_usage: messages.copilotUsage }),
  })
  yield eventFrame({ type: 'message_stop' })
}

function* blockFrames(block: Block, index: number): Generator<Frame> {
  const event = (type: string, more: object, tokens = 0): Frame =>
    eventFrame({ type, index, ...more }, tokens)
  const delta = (value: object, tokens: number): Frame =>
    event('content_block_delta', { delta: value }, tokens)

  switch (block.type) {
    case 'thinking':
      yield event('content_block_start', {
        content_block: { type: 'thinking', thinking: '', signature: '' },
      })
      for (const piece of pieces(block.thinking)) {
        yield delta({ type: 'thinking_delta', thinking: piece }, 1)
      }
      yield delta({ type: 'signature_delta', signature: block.signature }, 0)
      break
    case 'text':
      yield event('content_block_start', { content_block: { type: 'text', text: '' } })
      for (const piece of pieces(block.text)) yield delta({ type: 'text_delta', text: piece }, 1)
      break
    case 'tool_use': {
      const { id, name } = block
      yield event(
        'content_block_start',
        { content_block: { type: 'tool_use', id, name, input: {} } },
        countPieces(name),
      )
      yield delta({ type: 'input_json_delta', partial_json: '' }, 0)
      const text = JSON.stringify(block.input)
      if (text !== '{}') {
        for (const piece of pieces(text)) {
          yield delta({ type: 'input_json_delta', partial_json: piece }, 1)
        }
      }
    }
  }
  yield event('content_block_stop', {})
}
