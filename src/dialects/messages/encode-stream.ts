import type { EncodeContext, StreamEncoder } from '../../core/dialect.ts'
import { BadGatewayError, JetwayError } from '../../core/errors.ts'
import { never, type Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'
import { MAX_EVENT_BYTES } from '../sse/cut-events.ts'
import { namedEvent } from '../sse/write-event.ts'
import { createBlockQueue } from './block-queue.ts'
import { messageId, wantsThinking } from './encode-answer.ts'
import { createBlockWriter } from './encode-block-stream.ts'
import { errorEvent } from './errors.ts'
import { encodeStopReason } from './finish.ts'
import { encodeUsage } from './usage.ts'

export const PING = namedEvent('ping', { type: 'ping' })

/** No decoder counts a block below 0. */
const REFUSAL = -1

export function createStreamEncoder(context: EncodeContext): StreamEncoder {
  const queue = createBlockQueue(MAX_EVENT_BYTES)
  const blocks = createBlockWriter(wantsThinking(context.conversation))
  let started = false
  let ended = false
  let refused = false
  let usage: Usage | undefined

  const start = (id = '', model = ''): string => {
    if (started) return ''
    started = true
    const message = {
      id: messageId(id, context.requestId),
      type: 'message',
      role: 'assistant',
      model: context.model || model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      // The prompt's counts come with the last events of other wires; `message_delta` has them.
      usage: encodeUsage(undefined),
    }
    return namedEvent('message_start', { type: 'message_start', message }) + PING
  }

  const refuse = (text: string): string => {
    let out = ''
    if (!refused) {
      for (const part of queue.push({ type: 'text-start', index: REFUSAL }))
        out += blocks.write(part)
    }
    refused = true
    for (const part of queue.push({ type: 'text-delta', index: REFUSAL, text })) {
      out += blocks.write(part)
    }
    return out
  }

  const finish = (part: Extract<Part, { type: 'turn-end' }>): string => {
    if (part.reason === 'error') {
      return fail(
        new BadGatewayError('The upstream ended the answer with an error.', { code: 'api_error' }),
      )
    }
    ended = true
    let out = start()
    for (const waiting of queue.drain()) out += blocks.write(waiting)
    const reason =
      refused && part.reason === 'stop'
        ? 'refusal'
        : encodeStopReason(part.reason, part.stopSequence)
    return (
      out +
      blocks.end() +
      namedEvent('message_delta', {
        type: 'message_delta',
        delta: { stop_reason: reason, stop_sequence: part.stopSequence ?? null },
        usage: encodeUsage(usage),
      }) +
      namedEvent('message_stop', { type: 'message_stop' })
    )
  }

  const fail = (error: JetwayError): string => {
    ended = true
    return errorEvent(error, context.requestId)
  }

  const write = (part: Part): string => {
    switch (part.type) {
      case 'answer-start':
        return start(part.id, part.model)
      case 'refusal-delta':
        return start() + refuse(part.text)
      case 'usage':
        usage = part.usage
        return ''
      case 'ping':
        return PING
      case 'turn-end':
        return finish(part)
      case 'error':
        return fail(part.error)
      case 'text-start':
      case 'text-delta':
      case 'text-end':
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
      case 'tool-start':
      case 'tool-delta':
      case 'tool-end':
      case 'opaque': {
        let out = start()
        for (const ready of queue.push(part)) out += blocks.write(ready)
        return out
      }
      default:
        return never(part)
    }
  }

  return {
    push(part) {
      if (ended) return ''
      try {
        return write(part)
      } catch (error) {
        if (error instanceof JetwayError) return fail(error)
        throw error
      }
    },
  }
}
