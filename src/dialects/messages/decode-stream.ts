import type { StreamDecoder, StreamOptions } from '../../core/dialect.ts'
import { BadGatewayError, JetwayError } from '../../core/errors.ts'
import { asObject, asString, isJsonObject, type JsonObject, tryParseJson } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { createEventReader } from '../sse/read-event.ts'
import { createBlockReader } from './decode-block-stream.ts'
import { cutStream, readError } from './errors.ts'
import { decodeStopReason } from './finish.ts'
import type { Delta, MessagesAnswer, StreamEvent } from './types.ts'
import { createUsageReader } from './usage.ts'

export function createStreamDecoder(
  onPart: (part: Part) => void,
  options: StreamOptions,
): StreamDecoder {
  const usage = createUsageReader()
  const blocks = createBlockReader(onPart, options.maxEventBytes)
  let started = false
  let ended = false
  let stop: { readonly reason: unknown; readonly sequence: string | undefined } | undefined

  const start = (message: MessagesAnswer | undefined): void => {
    if (started) return
    started = true
    onPart({
      type: 'answer-start',
      id: asString(message?.id) ?? '',
      model: asString(message?.model) ?? '',
      created: Math.floor(options.nowMs / 1000),
    })
  }

  const fail = (error: JetwayError): void => {
    if (ended) return
    ended = true
    onPart({ type: 'error', error })
  }

  const finish = (): void => {
    start(undefined)
    blocks.end()
    if (usage.usage) onPart({ type: 'usage', usage: usage.usage })
    ended = true
    const stopSequence = stop?.sequence
    onPart({
      type: 'turn-end',
      reason: decodeStopReason(asString(stop?.reason)),
      ...(stopSequence === undefined ? {} : { stopSequence }),
    })
  }

  const read = (body: JsonObject): void => {
    const event = body as StreamEvent
    switch (event.type) {
      case 'message_start': {
        const message = asObject(event.message) as MessagesAnswer | undefined
        usage.read(message?.usage, message?.copilot_usage)
        start(message)
        break
      }
      case 'content_block_start':
        start(undefined)
        blocks.start(event)
        break
      case 'content_block_delta':
        blocks.delta(event)
        break
      case 'content_block_stop':
        blocks.stop(event)
        break
      case 'message_delta': {
        const delta = asObject(event.delta) as Delta | undefined
        usage.read(event.usage, event.copilot_usage)
        if (delta?.stop_reason !== undefined && delta.stop_reason !== null) {
          stop = { reason: delta.stop_reason, sequence: asString(delta.stop_sequence) }
        }
        break
      }
      case 'message_stop':
        usage.read(undefined, event.copilot_usage)
        finish()
        break
      case 'ping':
        onPart({ type: 'ping' })
        break
      case 'error':
        fail(readError(body))
        break
      case undefined:
        // Copilot also reports errors in OpenAI's form, which has no type.
        if (event.error) fail(readError(body))
        break
      default:
      // Events that the wire grows later are passed over, as its documentation asks of clients.
    }
  }

  const reader = createEventReader((_, data) => {
    if (ended || data === '[DONE]') return
    const event = tryParseJson(data)
    if (!isJsonObject(event)) throw brokenEvent()
    read(event)
  }, options.maxEventBytes)

  const guarded = (action: () => void): void => {
    if (ended) return
    try {
      action()
    } catch (error) {
      if (!(error instanceof JetwayError)) throw error
      fail(error)
    }
  }

  return {
    push(bytes) {
      guarded(() => {
        reader.push(bytes)
      })
    },
    end() {
      guarded(() => {
        reader.end()
        if (ended) return
        // With a stop reason nothing of the answer is missing.
        if (stop) finish()
        else fail(cutStream())
      })
    },
  }
}

function brokenEvent(): BadGatewayError {
  return new BadGatewayError('The upstream sent an event that is no JSON object.', {
    code: 'invalid_event',
  })
}
