import type { StreamDecoder, StreamOptions } from '../../core/dialect.ts'
import { JetwayError } from '../../core/errors.ts'
import {
  asArray,
  asNumber,
  asObject,
  asString,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  tryParseJson,
} from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'
import { createEventReader } from '../sse/read-event.ts'
import { createItemReader } from './decode-item-stream.ts'
import { brokenEvent, cutStream, readError } from './errors.ts'
import { decodeFinish } from './finish.ts'
import type { ResponsesAnswer, StreamEvent } from './types.ts'
import { decodeUsage } from './usage.ts'

export function createStreamDecoder(
  onPart: (part: Part) => void,
  options: StreamOptions,
): StreamDecoder {
  const items = createItemReader(onPart)
  let started = false
  let ended = false
  let usage: Usage | undefined

  const start = (response: ResponsesAnswer | undefined): void => {
    if (started) return
    started = true
    onPart({
      type: 'answer-start',
      id: asString(response?.id) ?? '',
      model: asString(response?.model) ?? '',
      created: asNumber(response?.created_at) ?? Math.floor(options.nowMs / 1000),
    })
  }

  const readUsage = (of: JsonValue | undefined, billed: JsonValue | undefined): void => {
    const read = decodeUsage(of, billed)
    if (read) usage = { ...usage, ...read }
  }

  const fail = (error: JetwayError): void => {
    if (ended) return
    ended = true
    items.end()
    if (usage) onPart({ type: 'usage', usage })
    onPart({ type: 'error', error })
  }

  const finish = (event: StreamEvent): void => {
    const response = asObject(event.response) as ResponsesAnswer | undefined
    start(response)
    readUsage(response?.usage, response?.copilot_usage ?? event.copilot_usage)
    if (event.type === 'response.failed' || event.type === 'response.cancelled') {
      fail(readError(event as JsonObject))
      return
    }
    items.missed(asArray(response?.output))
    items.end()
    ended = true
    if (usage) onPart({ type: 'usage', usage })
    const status = event.type === 'response.incomplete' ? 'incomplete' : response?.status
    onPart({
      type: 'turn-end',
      reason: decodeFinish({ ...response, ...(status ? { status } : {}) }, items.sawToolCall),
    })
  }

  const read = (body: JsonObject): void => {
    const event = body as StreamEvent
    switch (event.type) {
      case 'response.created':
      case 'response.in_progress':
        start(asObject(event.response))
        break
      case 'response.output_item.added':
        start(undefined)
        items.added(event)
        break
      case 'response.output_text.delta':
      case 'response.refusal.delta':
      case 'response.reasoning_summary_part.added':
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
      case 'response.output_text.annotation.added':
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        items.delta(event)
        break
      case 'response.output_text.done':
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.done':
        items.whole(event)
        break
      case 'response.output_item.done':
        start(undefined)
        items.done(event)
        break
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled':
        finish(event)
        break
      case 'error':
        fail(readError(body))
        break
      case undefined:
        // The chat wire's form of an error, which has no type.
        if (body['error']) fail(readError(body))
        break
      case 'keepalive':
      case 'ping':
        onPart({ type: 'ping' })
        break
      default:
      // Events that say nothing the hub has a word for.
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
        fail(cutStream())
      })
    },
  }
}
