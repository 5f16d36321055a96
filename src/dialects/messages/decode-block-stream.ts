import type { Content } from '../../core/conversation.ts'
import { BadGatewayError } from '../../core/errors.ts'
import {
  asObject,
  asString,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  tryParseJson,
} from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { unwrapSealed } from '../../core/sealed.ts'
import { MAX_EVENT_BYTES } from '../sse/cut-events.ts'
import { decodeAnswerBlock } from './decode-answer.ts'
import type { Block, Delta, StreamEvent } from './types.ts'

export interface BlockReader {
  start(event: StreamEvent): void
  delta(event: StreamEvent): void
  stop(event: StreamEvent): void
  /** Closes whatever the upstream left open. */
  end(): void
}

type Open =
  | { readonly kind: 'text'; readonly index: number; readonly annotations: JsonValue[] }
  | { readonly kind: 'reasoning'; readonly index: number; readonly signature: string[] }
  | {
      readonly kind: 'tool'
      readonly index: number
      /** The input as the start gave it, for upstreams that send it whole and no deltas. */
      readonly input: JsonObject | undefined
      streamed: boolean
    }
  | {
      readonly kind: 'opaque'
      readonly index: number
      readonly block: JsonObject
      readonly input: string[]
    }

/** Content blocks of a stream as parts. Blocks come one after the other; a second start closes the first. */
export function createBlockReader(
  onPart: (part: Part) => void,
  maxHeldBytes = MAX_EVENT_BYTES,
): BlockReader {
  const open = new Map<JsonValue | undefined, Open>()
  let next = 0
  let held = 0

  /** Signatures and opaque blocks are kept until they are whole. */
  const hold = (list: string[], text: string): void => {
    held += text.length
    if (held > maxHeldBytes) {
      throw new BadGatewayError('The upstream sent a block that is too large to be held.', {
        code: 'event_too_large',
      })
    }
    list.push(text)
  }

  const close = (block: Open): void => {
    const { index } = block
    switch (block.kind) {
      case 'text':
        onPart({
          type: 'text-end',
          index,
          ...(block.annotations.length > 0 ? { annotations: block.annotations } : {}),
        })
        return
      case 'reasoning': {
        const data = block.signature.join('')
        const sealed = unwrapSealed(data) ?? {
          origin: 'messages' as const,
          kind: 'signature' as const,
          data,
        }
        onPart({ type: 'reasoning-end', index, ...(data === '' ? {} : { sealed }) })
        return
      }
      case 'tool':
        if (!block.streamed && block.input && Object.keys(block.input).length > 0) {
          onPart({ type: 'tool-delta', index, text: JSON.stringify(block.input) })
        }
        onPart({ type: 'tool-end', index })
        return
      case 'opaque': {
        const input = tryParseJson(block.input.join(''))
        const value = input === undefined ? block.block : { ...block.block, input }
        onPart({ type: 'opaque', index, value: { type: 'opaque', origin: 'messages', value } })
      }
    }
  }

  const openBlock = (value: JsonObject): Open | undefined => {
    const content = decodeAnswerBlock({ text: '', ...value }, 'content_block')
    const index = next++
    const block = value as Block
    switch (content.type) {
      case 'text':
        onPart({ type: 'text-start', index })
        if (content.text !== '') onPart({ type: 'text-delta', index, text: content.text })
        return { kind: 'text', index, annotations: [...(content.annotations ?? [])] }
      case 'reasoning':
        onPart({ type: 'reasoning-start', index, summary: false })
        if (block.type === 'redacted_thinking') {
          onPart(redactedEnd(index, content))
          return undefined
        }
        if (content.text !== '') onPart({ type: 'reasoning-delta', index, text: content.text })
        return { kind: 'reasoning', index, signature: [asString(block.signature) ?? ''] }
      case 'tool-call':
        onPart({ type: 'tool-start', index, id: content.id, name: content.name, kind: 'json' })
        return { kind: 'tool', index, input: asObject(block.input), streamed: false }
      default:
        return { kind: 'opaque', index, block: value, input: [] }
    }
  }

  const apply = (block: Open, delta: Delta): void => {
    const { index } = block
    const text = asString(delta.text) ?? asString(delta.thinking) ?? asString(delta.partial_json)
    switch (block.kind) {
      case 'text':
        if (isJsonObject(delta.citation)) block.annotations.push(delta.citation)
        if (text) onPart({ type: 'text-delta', index, text })
        return
      case 'reasoning':
        if (text) onPart({ type: 'reasoning-delta', index, text })
        if (typeof delta.signature === 'string') hold(block.signature, delta.signature)
        return
      case 'tool':
        if (!text) return
        block.streamed = true
        onPart({ type: 'tool-delta', index, text })
        return
      case 'opaque':
        if (text) hold(block.input, text)
    }
  }

  const end = (): void => {
    for (const block of open.values()) close(block)
    open.clear()
  }

  return {
    start(event) {
      end()
      if (!isJsonObject(event.content_block)) return
      const block = openBlock(event.content_block)
      if (block) open.set(event.index, block)
    },
    delta(event) {
      const block = open.get(event.index)
      const delta = asObject(event.delta) as Delta | undefined
      if (block && delta) apply(block, delta)
    },
    stop(event) {
      const block = open.get(event.index)
      if (!block) return
      open.delete(event.index)
      close(block)
    },
    end,
  }
}

function redactedEnd(index: number, content: Content): Part {
  const sealed = content.type === 'reasoning' ? content.sealed : undefined
  return { type: 'reasoning-end', index, ...(sealed ? { sealed } : {}) }
}
