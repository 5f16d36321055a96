import type { JsonObject, JsonValue } from '../../core/json.ts'
import { never } from '../../core/parts.ts'
import { wrapSealed } from '../../core/sealed.ts'
import { namedEvent } from '../sse/write-event.ts'
import type { BlockPart } from './block-queue.ts'
import { encodeThinkingBlock, isCitation } from './encode-answer.ts'

export interface BlockWriter {
  /** Parts of one block at a time. */
  write(part: BlockPart): string
  /** Closes what is open. */
  end(): string
}

/** Writes `content_block_start`, `_delta` and `_stop`, numbering blocks as they are opened. */
export function createBlockWriter(thinks: boolean): BlockWriter {
  let index = -1
  let open: 'text' | 'thinking' | 'tool' | undefined
  /** Length of what was sent of the open call's input. */
  let sentInput = 0

  const start = (kind: typeof open, block: JsonObject): string => {
    const before = stop()
    open = kind
    index++
    const data = { type: 'content_block_start', index, content_block: block }
    return before + namedEvent('content_block_start', data)
  }

  const stop = (): string => {
    if (open === undefined) return ''
    open = undefined
    return namedEvent('content_block_stop', { type: 'content_block_stop', index })
  }

  const delta = (value: JsonObject): string =>
    namedEvent('content_block_delta', { type: 'content_block_delta', index, delta: value })

  const text = (value: string): string => {
    if (value === '') return ''
    const before = open === 'text' ? '' : start('text', { type: 'text', text: '' })
    return before + delta({ type: 'text_delta', text: value })
  }

  const endText = (annotations: readonly JsonValue[]): string => {
    let out = ''
    if (open === 'text') {
      for (const citation of annotations) {
        if (isCitation(citation)) out += delta({ type: 'citations_delta', citation })
      }
    }
    return out + stop()
  }

  const startThinking = (): string =>
    start('thinking', { type: 'thinking', thinking: '', signature: '' })

  const endThinking = (part: Extract<BlockPart, { type: 'reasoning-end' }>): string => {
    const { sealed } = part
    if (!sealed) return stop()
    let out = ''
    if (open !== 'thinking') {
      // Nothing was shown.
      const block = encodeThinkingBlock({ type: 'reasoning', text: '', summary: false, sealed })
      if (block['type'] !== 'thinking') return start('thinking', block) + stop()
      out = startThinking()
    }
    const signature = sealed.origin === 'messages' ? sealed.data : wrapSealed(sealed)
    return out + delta({ type: 'signature_delta', signature }) + stop()
  }

  const input = (value: string): string => {
    if (value === '' || open !== 'tool') return ''
    sentInput += value.length
    return delta({ type: 'input_json_delta', partial_json: value })
  }

  const endTool = (part: Extract<BlockPart, { type: 'tool-end' }>): string => {
    // The whole text, where the wire repeats it: whatever the deltas left out.
    const rest = part.text === undefined ? '' : input(part.text.slice(sentInput))
    const end = rest + stop()
    if (!part.sealed || !thinks) return end
    const block = { type: 'redacted_thinking', data: wrapSealed(part.sealed) }
    return end + start('thinking', block) + stop()
  }

  /** A block of this wire. A call's input comes as a delta also here: clients read it from there alone. */
  const whole = (block: JsonObject): string => {
    if (block['type'] !== 'server_tool_use') return start('text', block) + stop()
    sentInput = 0
    const before = start('tool', { ...block, input: {} })
    return before + input(JSON.stringify(block['input'] ?? {})) + stop()
  }

  return {
    write(part) {
      switch (part.type) {
        case 'text-start':
          // Opened by its first text: an empty block is refused when it is sent back.
          return stop()
        case 'text-delta':
          return text(part.text)
        case 'text-end':
          return endText(part.annotations ?? [])
        case 'reasoning-start':
          return ''
        case 'reasoning-delta':
          if (!thinks || part.text === '') return ''
          return (
            (open === 'thinking' ? '' : startThinking()) +
            delta({ type: 'thinking_delta', thinking: part.text })
          )
        case 'reasoning-end':
          return thinks ? endThinking(part) : ''
        case 'tool-start':
          sentInput = 0
          return start('tool', { type: 'tool_use', id: part.id, name: part.name, input: {} })
        case 'tool-delta':
          return input(part.text)
        case 'tool-end':
          return endTool(part)
        case 'opaque':
          return part.value.origin === 'messages' ? whole(part.value.value) : ''
        default:
          return never(part)
      }
    },
    end: stop,
  }
}
