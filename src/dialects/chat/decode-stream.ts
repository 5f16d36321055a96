import type { StreamDecoder, StreamOptions } from '../../core/dialect.ts'
import { BadGatewayError, JetwayError } from '../../core/errors.ts'
import {
  asArray,
  asNumber,
  asObject,
  asString,
  isJsonObject,
  tryParseJson,
} from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'
import { EventCutter, MAX_EVENT_BYTES } from '../sse/cut-events.ts'
import { readEvent } from '../sse/read-event.ts'
import { createBlockTracker } from './block-tracker.ts'
import { errorFromBody } from './errors.ts'
import { finishFromChat } from './finish.ts'
import { OpaqueJoiner } from './join-opaque.ts'
import type { HeldChunk } from './join-opaque.ts'
import { errorFromUnframed } from './unframed.ts'
import { addUsage } from './usage.ts'

/** Chunks in, parts out, with the repairs of the relay. Only the first choice is read; more come by relay alone. */
export function createStreamDecoder(
  onPart: (part: Part) => void,
  options: StreamOptions,
): StreamDecoder {
  const maxBytes = options.maxEventBytes ?? MAX_EVENT_BYTES
  const blocks = createBlockTracker(onPart)
  const opaque = new OpaqueJoiner<HeldChunk>(maxBytes)
  let started = false
  let over = false
  let finishReason: string | undefined
  let usage: Usage | undefined

  const fail = (error: JetwayError): void => {
    if (over) return
    release(opaque.flush())
    over = true
    blocks.endAll()
    onPart({ type: 'error', error })
  }

  const finish = (): void => {
    if (over) return
    release(opaque.flush())
    if (over) return
    if (!started) {
      fail(brokenStream('The upstream ended the stream without an answer.', 'empty_answer'))
      return
    }
    over = true
    blocks.endAll()
    if (usage !== undefined) onPart({ type: 'usage', usage })
    onPart({ type: 'turn-end', reason: finishFromChat(finishReason, blocks.toolCount > 0) })
  }

  const onChunk = (chunk: JsonObject): void => {
    const choice = asObject(asArray(chunk['choices'])[0])
    if (choice === undefined || (asNumber(choice['index']) ?? 0) !== 0) return
    if (!started) {
      started = true
      onPart({
        type: 'answer-start',
        id: asString(chunk['id']) || `chatcmpl-${options.requestId}`,
        model: options.model ?? asString(chunk['model']) ?? '',
        created: asNumber(chunk['created']) || Math.floor(options.nowMs / 1000),
      })
    }
    const delta = asObject(choice['delta'])
    if (delta !== undefined) blocks.read(delta, choice['logprobs'])
    const reason = asString(choice['finish_reason'])
    if (reason === 'error')
      fail(brokenStream('The upstream broke the answer off.', 'broken_answer'))
    else if (reason) finishReason = reason
  }

  const release = (ready: readonly HeldChunk[]): void => {
    for (const { chunk } of ready) if (!over) onChunk(chunk)
  }

  const cutter = new EventCutter((source, from, to) => {
    if (over) return
    const { data } = readEvent(source, from, to)
    if (data === undefined) {
      const error = errorFromUnframed(source.subarray(from, to))
      if (error !== undefined) fail(error)
      return
    }
    if (data.trim() === '[DONE]') {
      finish()
      return
    }
    const chunk = tryParseJson(data)
    if (!isJsonObject(chunk)) {
      fail(brokenStream('The upstream sent an event that is not JSON.', 'broken_stream'))
      return
    }
    usage = addUsage(usage, chunk)
    const errors = asArray(chunk['copilot_errors'])
    if (asArray(chunk['choices']).length > 0) release(opaque.push({ chunk, changed: false }))
    else if (chunk['error'] !== undefined && chunk['error'] !== null) fail(errorFromBody(chunk))
    else if (errors.length > 0) fail(errorFromBody({ error: errors[0] ?? null }))
  }, maxBytes)

  return {
    push(bytes) {
      try {
        cutter.push(bytes)
      } catch (error) {
        if (!(error instanceof JetwayError)) throw error
        fail(error)
      }
    },
    end() {
      cutter.end()
      release(opaque.flush())
      if (finishReason !== undefined) finish()
      else
        fail(
          brokenStream(
            'The upstream ended the stream in the middle of the answer.',
            'stream_ended_early',
          ),
        )
    },
  }
}

function brokenStream(message: string, code: string): JetwayError {
  return new BadGatewayError(message, { code })
}
