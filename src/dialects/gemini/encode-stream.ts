import type { ReasoningContent } from '../../core/conversation.ts'
import type { EncodeContext, StreamEncoder } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { never } from '../../core/parts.ts'
import type { Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'
import { qualifiedName } from '../healing/qualified-name.ts'
import { callPart, groundingOf, showsThoughts, thoughtPart } from './encode-parts.ts'
import { geminiErrorBody } from './errors.ts'
import { geminiFromFinish } from './finish.ts'
import { signatureFromBlocks } from './thought-signature.ts'
import { geminiUsage } from './usage.ts'

/** How frames are strung together: as events (`?alt=sse`), or as the members of one JSON array. */
export interface Framing {
  frame(json: string, isFirst: boolean, isLast: boolean): string
  readonly ping: string
}

export const EVENTS: Framing = {
  frame: (json) => `data: ${json}\n\n`,
  // An empty line is nothing to a reader of events. Google's own client takes a comment for a broken event.
  ping: '\n',
}

export const ARRAY: Framing = {
  frame: (json, isFirst, isLast) => `${isFirst ? '[' : ',\n'}${json}${isLast ? ']\n' : ''}`,
  ping: '\n',
}

interface OpenCall {
  readonly id: string
  readonly name: string
  readonly kind: 'json' | 'text'
  readonly pieces: string[]
}

/** A function call is one whole part on this wire, so its arguments are held until they are complete. */
export function createStreamEncoder(context: EncodeContext, framing: Framing): StreamEncoder {
  const thoughts = showsThoughts(context)
  const calls = new Map<number, OpenCall>()
  const open = new Map<
    number,
    { readonly text: string[]; readonly summary: boolean; readonly id?: string | undefined }
  >()
  let sealed: ReasoningContent[] = []
  let grounding: JsonObject = {}
  let usage: Usage | undefined
  let isFirst = true
  let over = false

  const frame = (body: JsonObject, isLast = false): string => {
    const text = framing.frame(JSON.stringify(body), isFirst, isLast)
    isFirst = false
    return text
  }
  const candidate = (part: JsonObject): string =>
    frame({
      candidates: [{ content: { role: 'model', parts: [part] }, index: 0 }],
      modelVersion: context.model,
      responseId: context.requestId,
    })
  const takeSignature = (): string | undefined => {
    const signature = signatureFromBlocks(sealed)
    sealed = []
    return signature
  }

  const last = (reason: string): string => {
    const signature = takeSignature()
    const parts: JsonObject[] = [
      { text: '', ...(signature === undefined ? {} : { thoughtSignature: signature }) },
    ]
    return frame(
      {
        candidates: [
          { content: { role: 'model', parts }, finishReason: reason, index: 0, ...grounding },
        ],
        ...(usage === undefined ? {} : { usageMetadata: geminiUsage(usage) }),
        modelVersion: context.model,
        responseId: context.requestId,
      },
      true,
    )
  }

  const push = (part: Part): string => {
    switch (part.type) {
      case 'text-delta':
      case 'refusal-delta':
        return part.text === '' ? '' : candidate({ text: part.text })
      case 'reasoning-start':
        open.set(part.index, { text: [], summary: part.summary, id: part.id })
        return ''
      case 'reasoning-delta':
        open.get(part.index)?.text.push(part.text)
        return thoughts && part.text !== '' ? candidate(thoughtPart(part.text)) : ''
      case 'reasoning-end': {
        const thought = open.get(part.index)
        open.delete(part.index)
        if (thought !== undefined && part.sealed !== undefined) {
          const { summary, id } = thought
          const text = thought.text.join('')
          sealed.push({ type: 'reasoning', text, summary, id, sealed: part.sealed })
        }
        return ''
      }
      case 'tool-start':
        calls.set(part.index, {
          id: part.id,
          name: qualifiedName(part),
          kind: part.kind,
          pieces: [],
        })
        return ''
      case 'tool-delta':
        calls.get(part.index)?.pieces.push(part.text)
        return ''
      case 'tool-end': {
        const call = calls.get(part.index)
        if (call === undefined) return ''
        calls.delete(part.index)
        if (part.sealed !== undefined)
          sealed.push({ type: 'reasoning', text: '', summary: false, sealed: part.sealed })
        const text = part.text ?? call.pieces.join('')
        return candidate(callPart({ ...call, text }, takeSignature()))
      }
      case 'usage':
        usage = { ...usage, ...part.usage }
        return ''
      case 'ping':
        return framing.ping
      case 'turn-end':
        over = true
        return last(geminiFromFinish(part.reason))
      case 'error':
        over = true
        return frame(geminiErrorBody(part.error), true)
      case 'opaque':
        grounding = { ...grounding, ...groundingOf(part.value) }
        return ''
      case 'answer-start':
      case 'text-start':
      case 'text-end':
        return ''
      default:
        return never(part)
    }
  }

  return { push: (part) => (over ? '' : push(part)) }
}
