import { BadGatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { never, type Part } from '../../core/parts.ts'
import { customInput } from '../healing/custom-tools.ts'
import { MAX_EVENT_BYTES } from '../sse/cut-events.ts'
import { callItem, logprobsList, messageItem, reasoningItem, textPart } from './encode-item.ts'
import type { IdMaker } from './item-ids.ts'
import type { NamedCall, ToolForm } from './tool-kinds.ts'

/** A part of one block. */
export type BlockPart = Extract<Part, { readonly index: number }>

/** Writes one event; numbers it. */
export type Emit = (type: string, data: JsonObject) => string

export interface ItemWriter {
  write(part: BlockPart): string
  refuse(text: string): string
  /** Closes whatever is open, as far as it came. */
  end(): string
  /** The items made so far, those that are closed. */
  readonly output: JsonObject[]
}

export interface ItemWriterOptions {
  readonly emit: Emit
  readonly ids: IdMaker
  readonly forms: (call: NamedCall, kind: 'json' | 'text') => ToolForm
  readonly seals: boolean
}

type Block =
  | {
      readonly kind: 'text' | 'refusal' | 'reasoning'
      /** -1 until there is something to say. */
      output: number
      id: string
      readonly said: string[]
      readonly logprobs: JsonValue[]
    }
  | {
      readonly kind: 'tool'
      output: number
      id: string
      readonly said: string[]
      readonly form: ToolForm
      readonly callId: string
      readonly inputKind: 'json' | 'text'
    }

/** No decoder counts a block below 0. */
const REFUSAL = -1

/**
 * Output items as events. Items may interleave: every event names its item, so nothing waits for another. Their texts are
 * kept until the end, because the wire repeats them whole in `.done` events and in the closing event.
 */
export function createItemWriter({ emit, ids, forms, seals }: ItemWriterOptions): ItemWriter {
  const blocks = new Map<number, Block>()
  const output: JsonObject[] = []
  let heldBytes = 0

  const hold = (block: Block, text: string): void => {
    heldBytes += text.length
    if (heldBytes > MAX_EVENT_BYTES) {
      throw new BadGatewayError('The answer is too long to be repeated in its closing event.', {
        code: 'event_too_large',
      })
    }
    block.said.push(text)
  }

  const added = (block: Block, type: string, item: (id: string) => JsonObject): string => {
    block.output = output.length
    block.id = ids.item(type, block.output)
    const shown = item(block.id)
    output.push(shown)
    return emit('response.output_item.added', { output_index: block.output, item: shown })
  }

  const done = (block: Block, item: JsonObject): string => {
    output[block.output] = item
    return emit('response.output_item.done', { output_index: block.output, item })
  }

  const at = (block: Block, place: JsonObject): JsonObject => ({
    item_id: block.id,
    output_index: block.output,
    ...place,
  })

  const openMessage = (block: Block, part: JsonObject): string =>
    added(block, 'message', (id) => messageItem(id, 'in_progress', [])) +
    emit('response.content_part.added', at(block, { content_index: 0, part }))

  const closeMessage = (block: Block, last: string, part: JsonObject): string =>
    last +
    emit('response.content_part.done', at(block, { content_index: 0, part })) +
    done(block, messageItem(block.id, 'completed', [part]))

  const text = (block: Block, value: string, logprobs: JsonValue[]): string => {
    if (block.kind === 'tool' || (value === '' && logprobs.length === 0)) return ''
    const refusal = block.kind === 'refusal'
    const empty = refusal ? { type: 'refusal', refusal: '' } : textPart('')
    const before = block.output < 0 ? openMessage(block, empty) : ''
    hold(block, value)
    block.logprobs.push(...logprobs)
    const delta = at(block, { content_index: 0, delta: value })
    return (
      before +
      (refusal
        ? emit('response.refusal.delta', delta)
        : emit('response.output_text.delta', { ...delta, logprobs }))
    )
  }

  const endText = (block: Block, annotations: readonly JsonValue[]): string => {
    if (block.kind === 'tool' || block.output < 0) return ''
    const said = block.said.join('')
    const place = at(block, { content_index: 0 })
    if (block.kind === 'refusal') {
      const last = emit('response.refusal.done', { ...place, refusal: said })
      return closeMessage(block, last, { type: 'refusal', refusal: said })
    }
    const part = textPart(said, annotations, { content: block.logprobs })
    const noted = (part['annotations'] as JsonValue[]).map((annotation, annotation_index) =>
      emit('response.output_text.annotation.added', { ...place, annotation_index, annotation }),
    )
    const last = emit('response.output_text.done', {
      ...place,
      text: said,
      logprobs: block.logprobs,
    })
    return closeMessage(block, noted.join('') + last, part)
  }

  const reason = (block: Block, delta: string): string => {
    if (delta === '') return ''
    const before =
      block.output < 0
        ? added(block, 'reasoning', (id) => reasoningItem(id, '', undefined, seals)) +
          emit(
            'response.reasoning_summary_part.added',
            at(block, { summary_index: 0, part: { type: 'summary_text', text: '' } }),
          )
        : ''
    hold(block, delta)
    return (
      before + emit('response.reasoning_summary_text.delta', at(block, { summary_index: 0, delta }))
    )
  }

  const endReasoning = (
    block: Block,
    part: Extract<BlockPart, { type: 'reasoning-end' }>,
  ): string => {
    const { sealed } = part
    const said = block.said.join('')
    let before = ''
    if (block.output < 0) {
      if (!(sealed && seals)) return ''
      before = added(block, 'reasoning', (id) => reasoningItem(id, '', undefined, seals))
    } else {
      const place = at(block, { summary_index: 0 })
      before =
        emit('response.reasoning_summary_text.done', { ...place, text: said }) +
        emit('response.reasoning_summary_part.done', {
          ...place,
          part: { type: 'summary_text', text: said },
        })
    }
    return before + done(block, reasoningItem(block.id, said, sealed, seals))
  }

  const startTool = (part: Extract<BlockPart, { type: 'tool-start' }>): string => {
    const form = forms(part, part.kind)
    const block: Block = {
      kind: 'tool',
      output: -1,
      id: '',
      said: [],
      form,
      callId: part.id,
      inputKind: part.kind,
    }
    blocks.set(part.index, block)
    return added(block, form.type, (id) =>
      callItem(id, form, part.id, { kind: 'text', text: '' }, 'in_progress'),
    )
  }

  /** Only input that goes out as it comes in: what must be unwrapped first waits for the end. */
  const toolDelta = (block: Block, delta: string): string => {
    if (block.kind !== 'tool' || delta === '') return ''
    hold(block, delta)
    if (block.form.type === 'function_call') {
      return emit('response.function_call_arguments.delta', at(block, { delta }))
    }
    return block.form.type === 'custom_tool_call' && block.inputKind === 'text'
      ? emit('response.custom_tool_call_input.delta', at(block, { delta }))
      : ''
  }

  const endTool = (block: Block, part: Extract<BlockPart, { type: 'tool-end' }>): string => {
    if (block.kind !== 'tool') return ''
    const { form, callId, inputKind } = block
    const sent = block.said.join('')
    // A call without arguments is an empty object, as at OpenAI: an empty text is no JSON.
    const whole = (part.text ?? sent) || (form.type === 'function_call' ? '{}' : '')
    let out = ''
    if (form.type === 'function_call') {
      // The whole text, where the wire repeats it: whatever the deltas left out.
      out += toolDelta(block, whole.slice(sent.length))
      out += emit('response.function_call_arguments.done', {
        ...at(block, { arguments: whole }),
        name: form.name,
      })
    } else if (form.type === 'custom_tool_call') {
      const input = customInput({ kind: inputKind, text: whole })
      const rest = inputKind === 'text' ? input.slice(sent.length) : input
      if (rest !== '')
        out += emit('response.custom_tool_call_input.delta', at(block, { delta: rest }))
      out += emit('response.custom_tool_call_input.done', at(block, { input }))
    }
    out += done(
      block,
      callItem(block.id, form, callId, { kind: inputKind, text: whole }, 'completed'),
    )
    if (!part.sealed || !seals) return out
    const seal: Block = { kind: 'reasoning', output: -1, id: '', said: [], logprobs: [] }
    return (
      out + endReasoning(seal, { type: 'reasoning-end', index: part.index, sealed: part.sealed })
    )
  }

  const opaque = (part: Extract<BlockPart, { type: 'opaque' }>): string => {
    const { origin, value } = part.value
    if (origin !== 'responses') return ''
    const item = { ...value, id: ids.item(value['type'], output.length) }
    const output_index = output.push(item) - 1
    return (
      emit('response.output_item.added', { output_index, item }) +
      emit('response.output_item.done', { output_index, item })
    )
  }

  const start = (index: number, kind: 'text' | 'refusal' | 'reasoning'): string => {
    blocks.set(index, { kind, output: -1, id: '', said: [], logprobs: [] })
    return ''
  }

  const close = (index: number, block: Block): string => {
    if (block.kind === 'tool') return endTool(block, { type: 'tool-end', index })
    return block.kind === 'reasoning'
      ? endReasoning(block, { type: 'reasoning-end', index })
      : endText(block, [])
  }

  const onBlock = (part: BlockPart, block: Block): string => {
    switch (part.type) {
      case 'text-delta':
        return block.kind === 'text' ? text(block, part.text, logprobsList(part.logprobs)) : ''
      case 'reasoning-delta':
        return block.kind === 'reasoning' ? reason(block, part.text) : ''
      case 'tool-delta':
        return toolDelta(block, part.text)
      default:
        return finish(part, block)
    }
  }

  const finish = (part: BlockPart, block: Block): string => {
    blocks.delete(part.index)
    if (part.type === 'text-end' && block.kind === 'text') {
      return endText(block, part.annotations ?? [])
    }
    if (part.type === 'reasoning-end' && block.kind === 'reasoning')
      return endReasoning(block, part)
    if (part.type === 'tool-end') return endTool(block, part)
    return close(part.index, block)
  }

  return {
    write(part) {
      const block = blocks.get(part.index)
      switch (part.type) {
        case 'text-start':
          return block ? '' : start(part.index, 'text')
        case 'reasoning-start':
          return block ? '' : start(part.index, 'reasoning')
        case 'tool-start':
          return block ? '' : startTool(part)
        case 'opaque':
          return opaque(part)
        case 'text-delta':
        case 'text-end':
        case 'reasoning-delta':
        case 'reasoning-end':
        case 'tool-delta':
        case 'tool-end':
          return block ? onBlock(part, block) : ''
        default:
          return never(part)
      }
    },
    refuse(value) {
      if (!blocks.has(REFUSAL)) start(REFUSAL, 'refusal')
      const block = blocks.get(REFUSAL)
      return block ? text(block, value, []) : ''
    },
    end() {
      let out = ''
      for (const [index, block] of blocks) out += close(index, block)
      blocks.clear()
      return out
    },
    output,
  }
}
