import type { ReasoningContent } from '../../core/conversation.ts'
import type { EncodeContext, StreamEncoder } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { never } from '../../core/parts.ts'
import type { Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'
import { qualifiedName } from '../healing/qualified-name.ts'
import { chunkWith } from './chunk-identity.ts'
import { errorEvent } from './errors.ts'
import { chatFromFinish } from './finish.ts'
import { wantsFunctionCall } from './legacy-functions.ts'
import { opaqueFromBlocks } from './sealed-reasoning.ts'
import { chatUsage } from './usage.ts'

export function createStreamEncoder(context: EncodeContext): StreamEncoder {
  const legacy = wantsFunctionCall(context.request)
  const includeUsage = context.conversation?.includeUsage ?? false
  let identity = {
    id: `chatcmpl-${context.requestId}`,
    created: Math.floor(context.nowMs / 1000),
    model: context.model,
  }
  let prefix = ''
  let started = false
  let over = false
  let usage: Usage | undefined
  const tools = new Map<
    number,
    { readonly place: number; readonly kind: 'json' | 'text'; said: boolean }
  >()
  const thoughts = new Map<
    number,
    { text: string; readonly summary: boolean; readonly id?: string | undefined }
  >()
  let sealed: ReasoningContent[] = []
  let thoughtBefore = false

  /** The head is the same for every chunk of the stream, so it is printed once. */
  const start = (): string => {
    if (started) return ''
    started = true
    const { id, created, model } = identity
    const head = JSON.stringify({ id, object: 'chat.completion.chunk', created, model })
    prefix = `data: ${head.slice(0, -1)},"choices":[{"index":0,"delta":`
    return delta({ role: 'assistant', content: '' })
  }
  const delta = (value: JsonObject): string =>
    `${prefix}${JSON.stringify(value)},"finish_reason":null}]}\n\n`

  /** Sealed reasoning goes out in one piece, before the first call or with the end. */
  const flushSealed = (): JsonObject => {
    const opaque = opaqueFromBlocks(sealed)
    sealed = []
    return opaque === undefined ? {} : { reasoning_opaque: opaque }
  }

  const toolPiece = (
    place: number,
    kind: 'json' | 'text',
    piece: JsonObject,
    text: string,
  ): string => {
    const named = kind === 'text' ? { input: text } : { arguments: text }
    const { name, ...rest } = piece
    const called = { ...(name === undefined ? {} : { name }), ...named }
    if (legacy && kind === 'json') return place === 0 ? delta({ function_call: called }) : ''
    const key = kind === 'text' ? 'custom' : 'function'
    return delta({ tool_calls: [{ index: place, ...rest, [key]: called }] })
  }

  const finish = (reason: string): string => {
    const last = {
      index: 0,
      delta: flushSealed(),
      finish_reason: legacy && reason === 'tool_calls' ? 'function_call' : reason,
    }
    const billed =
      usage?.nanoCredits === undefined
        ? {}
        : { copilot_usage: { total_nano_aiu: usage.nanoCredits } }
    const usageEvent =
      usage === undefined || !includeUsage
        ? ''
        : `data: ${JSON.stringify(chunkWith(identity, [], { usage: chatUsage(usage), ...billed }))}\n\n`
    return `data: ${JSON.stringify(chunkWith(identity, [last]))}\n\n${usageEvent}data: [DONE]\n\n`
  }

  const push = (part: Part): string => {
    switch (part.type) {
      case 'answer-start':
        if (!started && part.created > 0) identity = { ...identity, created: part.created }
        return start()
      case 'text-delta':
        return part.logprobs === undefined
          ? start() + delta({ content: part.text })
          : `${start()}${prefix}${JSON.stringify({ content: part.text })},"logprobs":${JSON.stringify(part.logprobs)},"finish_reason":null}]}\n\n`
      case 'refusal-delta':
        return start() + delta({ refusal: part.text })
      case 'reasoning-start': {
        thoughts.set(part.index, { text: '', summary: part.summary, id: part.id })
        return ''
      }
      case 'reasoning-delta': {
        const thought = thoughts.get(part.index)
        const opening = thought?.text === '' && thoughtBefore ? '\n\n' : ''
        if (thought !== undefined) thought.text += part.text
        thoughtBefore = true
        return start() + delta({ reasoning_text: opening + part.text })
      }
      case 'reasoning-end': {
        const thought = thoughts.get(part.index)
        thoughts.delete(part.index)
        if (thought !== undefined && part.sealed !== undefined)
          sealed.push({ type: 'reasoning', ...thought, sealed: part.sealed })
        return ''
      }
      case 'tool-start': {
        const place = tools.size
        tools.set(part.index, { place, kind: part.kind, said: false })
        const opaque = flushSealed()
        const before = opaque['reasoning_opaque'] === undefined ? '' : delta(opaque)
        const type = part.kind === 'text' ? 'custom' : 'function'
        const piece = { id: part.id, type, name: qualifiedName(part) }
        return start() + before + toolPiece(place, part.kind, piece, '')
      }
      case 'tool-delta': {
        const tool = tools.get(part.index)
        if (tool === undefined || part.text === '') return ''
        tool.said = true
        return toolPiece(tool.place, tool.kind, {}, part.text)
      }
      case 'tool-end': {
        const tool = tools.get(part.index)
        if (tool === undefined || tool.said) return ''
        // A call without arguments is an empty object, not an empty text.
        const text = part.text ?? (tool.kind === 'json' ? '{}' : '')
        return text === '' ? '' : toolPiece(tool.place, tool.kind, {}, text)
      }
      case 'usage':
        usage = { ...usage, ...part.usage }
        return ''
      case 'ping':
        return ': ping\n\n'
      case 'turn-end':
        over = true
        return start() + finish(chatFromFinish(part.reason))
      case 'error':
        over = true
        return errorEvent(part.error)
      case 'text-end':
        return part.annotations?.length
          ? start() + delta({ annotations: [...part.annotations] })
          : ''
      case 'text-start':
      case 'opaque':
        return ''
      default:
        return never(part)
    }
  }

  return { push: (part) => (over ? '' : push(part)) }
}
