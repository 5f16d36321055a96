import type { RelayFilter, StreamOptions } from '../../core/dialect.ts'
import { BadGatewayError } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import { asObject, asString, isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import { asBuffer, createEventCutter, MAX_EVENT_BYTES } from '../sse/cut-events.ts'
import { readEvent } from '../sse/read-event.ts'
import { createRelayOutput } from '../sse/relay-output.ts'
import { applyIdentity, CHUNK_OBJECT, chunkWith, identityOf } from './chunk-identity.ts'
import type { ChunkIdentity } from './chunk-identity.ts'
import { errorEvent, errorFromBody } from './errors.ts'
import { createOpaqueJoiner } from './join-opaque.ts'
import { createChunkRepair } from './repair-chunk.ts'
import { createChunkSplicer } from './splice-chunk.ts'
import type { ChunkSplicer } from './splice-chunk.ts'
import { errorFromUnframed } from './unframed.ts'
import { readUsage } from './usage.ts'

const DONE = 'data: [DONE]\n\n'

interface HeldEvent {
  readonly chunk: JsonObject
  readonly original: Buffer
  changed: boolean
}

/**
 * Passes a chat stream through. A chunk in which no event needs repair is handed on as the very buffer it came in; single
 * events are mended by inserting members where that is enough, and parsed and printed again where it is not.
 *
 * The stream never ends well unless the upstream finished its answer: clients run a half tool call after a clean end
 * without `finish_reason`, but retry after an error event.
 */
export function createRelayFilter(options: StreamOptions): RelayFilter {
  const maxEventBytes = options.maxEventBytes ?? MAX_EVENT_BYTES
  const output = createRelayOutput()
  const repair = createChunkRepair()
  const opaque = createOpaqueJoiner<HeldEvent>(maxEventBytes)
  let identity: ChunkIdentity | undefined
  let splicer: ChunkSplicer | undefined
  let usage: Usage | undefined
  let usageChunk: JsonObject | undefined
  let usageSent = false
  let state: 'open' | 'finished' | 'failed' = 'open'
  let failure: JetwayError | undefined

  const cutter = createEventCutter((source, start, end) => {
    if (state !== 'open') return
    if (source[start] === COLON) {
      output.keep(source, start, end)
      return
    }
    if (splicer !== undefined && !opaque.holding) {
      const text = source.toString('latin1', start, end)
      const spliced = splicer.splice(text, repair.roleSeen, repair.renumbered)
      if (spliced === text) {
        output.keep(source, start, end)
        return
      }
      if (spliced !== undefined) {
        output.write(Buffer.from(spliced, 'latin1'))
        return
      }
    }
    onEvent(source.subarray(start, end))
  }, maxEventBytes)

  const onEvent = (event: Buffer): void => {
    const { data } = readEvent(event, 0, event.length)
    if (data === undefined) {
      const error = errorFromUnframed(event)
      if (error === undefined) output.keepPiece(event)
      else failWith(error)
      return
    }
    if (data.trim() === '[DONE]') {
      finish(event)
      return
    }
    const chunk = tryParseJson(data)
    if (!isJsonObject(chunk)) {
      failWith(
        new BadGatewayError('The upstream sent an event that is not JSON.', {
          code: 'broken_stream',
        }),
      )
      return
    }
    onChunk(chunk, event)
  }

  const onChunk = (chunk: JsonObject, original: Buffer): void => {
    const readNow = readUsage(chunk)
    if (readNow !== undefined) usage = { ...usage, ...readNow }
    const choices = chunk['choices']
    if (!Array.isArray(choices) || choices.length === 0) {
      onEmptyChunk(chunk, original)
      return
    }
    if (identity === undefined) {
      identity = identityOf(chunk, options)
      splicer = createChunkSplicer(identity, asString(chunk['model']))
    }
    let changed = repair.repair(chunk)
    if (applyIdentity(chunk, CHUNK_OBJECT, identity)) changed = true
    if (options.includeUsage && isJsonObject(chunk['usage'])) {
      usageChunk = chunkWith(identity, [], takeUsage(chunk))
      changed = true
    }
    if (repair.broken) {
      failWith(new BadGatewayError('The upstream broke the answer off.', { code: 'broken_answer' }))
      return
    }
    for (const ready of opaque.push({ chunk, original, changed })) release(ready)
  }

  /** Filter results, references, errors, and the usage in a chunk of its own. */
  const onEmptyChunk = (chunk: JsonObject, original: Buffer): void => {
    const errors = chunk['copilot_errors']
    if (chunk['error'] !== undefined && chunk['error'] !== null) failWith(errorFromBody(chunk))
    else if (Array.isArray(errors) && errors.length > 0)
      failWith(errorFromBody({ error: errors[0] ?? null }))
    else if (options.includeUsage && isJsonObject(chunk['usage']) && !usageSent) {
      identity ??= identityOf(chunk, options)
      const changed = applyIdentity(chunk, CHUNK_OBJECT, identity) || chunk['choices'] === null
      chunk['choices'] = []
      if (repair.finished && !opaque.holding) {
        release({ chunk, original, changed })
        usageSent = true
      } else usageChunk = chunk
    }
  }

  const release = (event: HeldEvent): void => {
    if (event.changed) output.write(Buffer.from(`data: ${JSON.stringify(event.chunk)}\n\n`))
    else output.keepPiece(event.original)
  }

  /** The closing event: first whatever the upstream owes before it. */
  const finish = (done: Buffer | undefined): void => {
    for (const ready of opaque.flush()) release(ready)
    if (identity === undefined || !repair.started) {
      failWith(
        new BadGatewayError('The upstream ended the stream without an answer.', {
          code: 'empty_answer',
        }),
      )
      return
    }
    for (const { index, reason } of repair.unfinished()) {
      const choice = { index, delta: {}, finish_reason: reason }
      output.write(Buffer.from(`data: ${JSON.stringify(chunkWith(identity, [choice]))}\n\n`))
    }
    if (usageChunk !== undefined && !usageSent)
      output.write(Buffer.from(`data: ${JSON.stringify(usageChunk)}\n\n`))
    if (done === undefined) output.write(Buffer.from(DONE))
    else output.keepPiece(done)
    state = 'finished'
  }

  const failWith = (error: JetwayError): void => {
    if (state !== 'open') return
    for (const ready of opaque.flush()) release(ready)
    state = 'failed'
    failure = error
    output.write(Buffer.from(errorEvent(error)))
  }

  return {
    push(bytes) {
      const chunk = asBuffer(bytes)
      output.begin(chunk)
      cutter.push(chunk)
      return output.take(bytes)
    },
    end() {
      output.begin(undefined)
      if (state === 'open') cutter.end()
      if (state === 'open') {
        if (repair.finished) finish(undefined)
        else failWith(earlyEnd())
      }
      return output.take(EMPTY)
    },
    fail(error) {
      output.begin(undefined)
      failWith(error)
      return output.take(EMPTY)
    },
    get usage() {
      return usage
    },
    get finished() {
      return state === 'finished'
    },
    get failure() {
      return failure
    },
  }
}

const COLON = 0x3a
const EMPTY = Buffer.alloc(0)

function takeUsage(chunk: JsonObject): JsonObject {
  const usage = asObject(chunk['usage'])
  const billed = asObject(chunk['copilot_usage'])
  delete chunk['usage']
  delete chunk['copilot_usage']
  return { usage, ...(billed === undefined ? {} : { copilot_usage: billed }) }
}

function earlyEnd(): JetwayError {
  return new BadGatewayError('The upstream ended the stream in the middle of the answer.', {
    code: 'stream_ended_early',
  })
}
