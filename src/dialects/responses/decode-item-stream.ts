import { BadGatewayError } from '../../core/errors.ts'
import { asArray, asObject, asString, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { MAX_EVENT_BYTES } from '../sse/cut-events.ts'
import { decodeAnswerItem } from './decode-answer.ts'
import { createInputGate, type InputGate } from './input-gate.ts'
import type { Item, StreamEvent } from './types.ts'

export interface ItemReader {
  added(event: StreamEvent): void
  delta(event: StreamEvent): void
  /** The whole text or input of an item, as `.done` events repeat it. */
  whole(event: StreamEvent): void
  done(event: StreamEvent): void
  /** Items of the closing event that no event announced. */
  missed(output: readonly JsonValue[]): void
  end(): void
  readonly sawToolCall: boolean
}

type Open =
  /** `index` is undefined until the message says something. */
  | {
      readonly kind: 'message'
      index: number | undefined
      spoken: boolean
      annotations: JsonValue[]
    }
  | { readonly kind: 'reasoning'; readonly index: number; spoken: boolean; seal: Seal }
  | {
      readonly kind: 'tool'
      readonly index: number
      readonly gate: InputGate
      text: string | undefined
    }
  | { readonly kind: 'other' }

type Seal = Extract<Part, { type: 'reasoning-end' }>['sealed']

/**
 * Output items of a stream as parts. Copilot gives an item another id in every event, so items are told apart by
 * `output_index` alone. What the closing events repeat wins over what the deltas said, and stands in where there were none.
 */
export function createItemReader(onPart: (part: Part) => void): ItemReader {
  const open = new Map<JsonValue | undefined, Open>()
  const seen = new Set<JsonValue | undefined>()
  let next = 0
  let sawToolCall = false
  let heldBytes = 0

  const openItem = (item: JsonObject): Open => {
    switch (item['type']) {
      case 'message':
        return { kind: 'message', index: undefined, spoken: false, annotations: [] }
      case 'reasoning': {
        const id = asString(item['id'])
        const index = next++
        onPart({
          type: 'reasoning-start',
          index,
          summary: true,
          ...(id === undefined ? {} : { id }),
        })
        return { kind: 'reasoning', index, spoken: false, seal: undefined }
      }
      case 'function_call':
      case 'custom_tool_call':
        return openCall(item)
      default:
        return { kind: 'other' }
    }
  }

  const openCall = (item: JsonObject): Open => {
    const [call] = decodeAnswerItem(item, 'item')
    if (call?.type !== 'tool-call') return { kind: 'other' }
    sawToolCall = true
    const index = next++
    onPart({
      type: 'tool-start',
      index,
      id: call.id,
      name: call.name,
      ...(call.namespace === undefined ? {} : { namespace: call.namespace }),
      kind: call.input.kind,
      ...(call.itemId === undefined ? {} : { itemId: call.itemId }),
    })
    return { kind: 'tool', index, gate: createInputGate(call.input.kind), text: undefined }
  }

  const say = (item: Extract<Open, { kind: 'message' }>, event: StreamEvent): void => {
    const text = asString(event.delta) ?? ''
    if (item.index === undefined) {
      item.index = next++
      onPart({ type: 'text-start', index: item.index })
    }
    item.spoken = true
    const logprobs = asArray(event.logprobs)
    onPart({
      type: 'text-delta',
      index: item.index,
      text,
      ...(logprobs.length > 0 ? { logprobs: { content: [...logprobs], refusal: null } } : {}),
    })
  }

  const hold = (delta: string): void => {
    heldBytes += delta.length
    if (heldBytes > MAX_EVENT_BYTES) {
      throw new BadGatewayError('The upstream sent a tool call that is too large to be held.', {
        code: 'event_too_large',
      })
    }
  }

  const close = (item: Open): void => {
    switch (item.kind) {
      case 'message':
        if (item.index !== undefined) {
          const { annotations } = item
          onPart({
            type: 'text-end',
            index: item.index,
            ...(annotations.length > 0 ? { annotations } : {}),
          })
        }
        return
      case 'reasoning':
        onPart({
          type: 'reasoning-end',
          index: item.index,
          ...(item.seal ? { sealed: item.seal } : {}),
        })
        return
      case 'tool': {
        const text = item.text ?? (item.gate.held() || undefined)
        onPart({ type: 'tool-end', index: item.index, ...(text === undefined ? {} : { text }) })
        return
      }
      default:
    }
  }

  /** What the closed item says that its deltas did not. */
  const complete = (item: Open, value: JsonObject): void => {
    switch (item.kind) {
      case 'message':
        completeMessage(item, value)
        return
      case 'reasoning': {
        const [content] = decodeAnswerItem(value, 'item')
        if (content?.type !== 'reasoning') return
        item.seal = content.sealed
        if (!item.spoken && content.text !== '') {
          onPart({ type: 'reasoning-delta', index: item.index, text: content.text })
        }
        return
      }
      case 'tool': {
        const { arguments: json, input } = value as Item
        item.text = asString(json) || asString(input) || item.text
        return
      }
      default:
        for (const content of decodeAnswerItem(value, 'item')) {
          if (content.type === 'opaque') onPart({ type: 'opaque', index: next++, value: content })
          else if (content.type === 'tool-call') shellCall(content)
        }
    }
  }

  const completeMessage = (item: Extract<Open, { kind: 'message' }>, value: JsonObject): void => {
    for (const content of decodeAnswerItem(value, 'item')) {
      if (content.type === 'text') {
        if (!item.spoken && content.text !== '') say(item, { delta: content.text })
        if (item.annotations.length === 0) item.annotations = [...(content.annotations ?? [])]
      } else if (content.type === 'refusal' && !item.spoken) {
        onPart({ type: 'refusal-delta', text: content.text })
      }
    }
  }

  const shellCall = ({
    id,
    name,
    input,
  }: Extract<ReturnType<typeof decodeAnswerItem>[number], { type: 'tool-call' }>): void => {
    sawToolCall = true
    const index = next++
    onPart({ type: 'tool-start', index, id, name, kind: input.kind })
    onPart({ type: 'tool-end', index, text: input.text })
  }

  const opened = (event: StreamEvent): Open | undefined => {
    const key = event.output_index
    if (seen.has(key)) return open.get(key)
    const value = asObject(event.item)
    if (!value) return undefined
    seen.add(key)
    const item = openItem(value)
    open.set(key, item)
    return item
  }

  const apply = (item: Open, event: StreamEvent): void => {
    const delta = asString(event.delta) ?? ''
    switch (item.kind) {
      case 'message':
        if (event.type === 'response.refusal.delta') {
          item.spoken = true
          onPart({ type: 'refusal-delta', text: delta })
        } else if (event.type === 'response.output_text.delta') say(item, event)
        return
      case 'reasoning':
        if (delta === '') return
        item.spoken = true
        onPart({ type: 'reasoning-delta', index: item.index, text: delta })
        return
      case 'tool': {
        if (!item.gate.open) hold(delta)
        const text = item.gate.push(delta)
        if (text !== '') onPart({ type: 'tool-delta', index: item.index, text })
        return
      }
      default:
    }
  }

  const reader: ItemReader = {
    added(event) {
      opened(event)
    },
    delta(event) {
      const item = open.get(event.output_index)
      if (!item) return
      // Paragraphs of a summary come as parts of it.
      if (event.type === 'response.reasoning_summary_part.added') {
        if (item.kind === 'reasoning' && item.spoken) {
          onPart({ type: 'reasoning-delta', index: item.index, text: '\n\n' })
        }
      } else if (event.type === 'response.output_text.annotation.added') {
        const annotation = asObject(event.annotation)
        if (item.kind === 'message' && annotation) item.annotations.push(annotation)
      } else apply(item, event)
    },
    whole(event) {
      const item = open.get(event.output_index)
      if (item?.kind === 'tool') {
        item.text = asString(event.arguments) ?? asString(event.input) ?? item.text
      } else if (item?.kind === 'message' && !item.spoken && asString(event.text)) {
        say(item, { delta: event.text as string })
      }
    },
    done(event) {
      const item = opened(event)
      const value = asObject(event.item)
      if (!item) return
      if (value) complete(item, value)
      open.delete(event.output_index)
      close(item)
    },
    missed(output) {
      for (const [index, item] of output.entries()) {
        if (!seen.has(index)) reader.done({ output_index: index, item })
      }
    },
    end() {
      for (const item of open.values()) close(item)
      open.clear()
    },
    get sawToolCall() {
      return sawToolCall
    },
  }
  return reader
}
