import type { EncodeContext, StreamEncoder } from '../../core/dialect.ts'
import { BadGatewayError, JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { never, type Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'
import { namedEvent } from '../sse/write-event.ts'
import { wantsSeals } from './encode-answer.ts'
import { createItemWriter } from './encode-item-stream.ts'
import { failureEvents } from './errors.ts'
import { encodeFinish } from './finish.ts'
import { createIdMaker } from './item-ids.ts'
import { createResponseFrame } from './response-frame.ts'
import { createToolForms } from './tool-kinds.ts'
import { encodeUsage } from './usage.ts'

export function createStreamEncoder(context: EncodeContext): StreamEncoder {
  const ids = createIdMaker(context.requestId, context.nowMs)
  const frame = createResponseFrame(context, ids.response)
  let sequence = 0
  let started = false
  /** The upstream said nothing since its last ping. */
  let silent = false
  let ended = false
  let usage: Usage | undefined

  const emit = (type: string, data: JsonObject): string =>
    namedEvent(type, { type, sequence_number: sequence++, ...data })

  const items = createItemWriter({
    emit,
    ids,
    forms: createToolForms(context.conversation, context.request),
    seals: wantsSeals(context.conversation),
  })

  const start = (): string => {
    if (started) return ''
    started = true
    const response = frame({})
    return emit('response.created', { response }) + emit('response.in_progress', { response })
  }

  const finish = (part: Extract<Part, { type: 'turn-end' }>): string => {
    if (part.reason === 'error') {
      return fail(
        new BadGatewayError('The upstream ended the answer with an error.', {
          code: 'server_error',
        }),
      )
    }
    const out = start() + items.end()
    ended = true
    const outcome = encodeFinish(part.reason)
    const status = outcome['status'] as string
    const response = frame({
      ...outcome,
      completed_at: status === 'completed' ? Math.floor(context.nowMs / 1000) : null,
      output: items.output,
      usage: encodeUsage(usage),
    })
    return out + emit(`response.${status}`, { response })
  }

  const fail = (error: JetwayError): string => {
    const out = start()
    ended = true
    const response = frame({ output: items.output, usage: encodeUsage(usage) })
    return out + failureEvents(error, response, sequence)
  }

  const write = (part: Part): string => {
    switch (part.type) {
      case 'answer-start':
        return start()
      case 'refusal-delta':
        return start() + items.refuse(part.text)
      case 'usage':
        usage = part.usage
        return ''
      case 'ping':
        // Codex counts only events as life; SDKs of before July 2026 stop at this one (openai-node#1964), which OpenAI sends in
        // long silences only, and want `response.created` before anything else. Anthropic pings once in every stream.
        return silent ? emit('keepalive', {}) : KEEP_ALIVE
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
      case 'opaque':
        return start() + items.write(part)
      default:
        return never(part)
    }
  }

  return {
    push(part) {
      if (ended) return ''
      try {
        const out = write(part)
        silent = started && part.type === 'ping'
        return out
      } catch (error) {
        if (error instanceof JetwayError) return fail(error)
        throw error
      }
    },
  }
}

/** A comment: it may be sent before the first event, where clients take no other. */
export const KEEP_ALIVE = ': keep-alive\n\n'
