import type { Answer, Content } from '../../core/conversation.ts'
import { BadGatewayError } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { never } from '../../core/parts.ts'
import type { Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'

export interface PartCollector {
  push(part: Part): void
  /** The whole answer. Throws the stream's error, or says that it never ended. */
  answer(): Answer
  readonly failure: JetwayError | undefined
}

/** A block under way: its pieces are joined once, at the end. */
interface Block {
  readonly pieces: string[]
  finish(text: string): Content
}

/** Puts the parts of a streamed answer together into a whole one. */
export function collectParts(): PartCollector {
  const blocks = new Map<number, Block>()
  const ended = new Map<number, Content>()
  const refusals: string[] = []
  const logprobs: JsonValue[] = []
  let start: Extract<Part, { type: 'answer-start' }> | undefined
  let end: Extract<Part, { type: 'turn-end' }> | undefined
  let usage: Usage | undefined
  let failure: JetwayError | undefined

  const open = (index: number, finish: Block['finish']): void => {
    blocks.set(index, { pieces: [], finish })
  }
  const close = (index: number, change: (content: Content) => Content, text?: string): void => {
    const block = blocks.get(index)
    if (block === undefined) return
    blocks.delete(index)
    ended.set(index, change(block.finish(text ?? block.pieces.join(''))))
  }

  const push = (part: Part): void => {
    switch (part.type) {
      case 'answer-start':
        start ??= part
        return
      case 'text-start':
        open(part.index, (text) => ({ type: 'text', text }))
        return
      case 'reasoning-start':
        open(part.index, (text) => ({
          type: 'reasoning',
          text,
          summary: part.summary,
          id: part.id,
        }))
        return
      case 'tool-start':
        open(part.index, (text) => ({
          type: 'tool-call',
          id: part.id,
          name: part.name,
          namespace: part.namespace,
          input: { kind: part.kind, text },
          itemId: part.itemId,
        }))
        return
      case 'text-delta':
        if (part.logprobs !== undefined) logprobs.push(part.logprobs)
        blocks.get(part.index)?.pieces.push(part.text)
        return
      case 'reasoning-delta':
      case 'tool-delta':
        blocks.get(part.index)?.pieces.push(part.text)
        return
      case 'refusal-delta':
        refusals.push(part.text)
        return
      case 'text-end':
        close(part.index, (content) =>
          part.annotations === undefined || content.type !== 'text'
            ? content
            : { ...content, annotations: part.annotations },
        )
        return
      case 'reasoning-end':
        close(part.index, (content) =>
          content.type === 'reasoning' ? { ...content, sealed: part.sealed } : content,
        )
        return
      case 'tool-end':
        close(
          part.index,
          (content) =>
            content.type === 'tool-call' ? { ...content, sealed: part.sealed } : content,
          part.text,
        )
        return
      case 'opaque':
        ended.set(part.index, part.value)
        return
      case 'usage':
        usage = part.usage
        return
      case 'ping':
        return
      case 'turn-end':
        end = part
        return
      case 'error':
        failure = part.error
        return
      default:
        never(part)
    }
  }

  return {
    push,
    get failure() {
      return failure
    },
    answer() {
      if (failure !== undefined) throw failure
      if (end === undefined) {
        throw new BadGatewayError('the upstream ended its stream before the answer was complete', {
          code: 'stream_incomplete',
        })
      }
      const content = [...ended].sort(([a], [b]) => a - b).map(([, one]) => one)
      if (refusals.length > 0) content.push({ type: 'refusal', text: refusals.join('') })
      return {
        id: start?.id ?? '',
        model: start?.model ?? '',
        created: start?.created ?? 0,
        content,
        finish: end.reason,
        stopSequence: end.stopSequence,
        usage,
        logprobs: joinLogprobs(logprobs),
      }
    },
  }
}

/** Chat sends `{content: [...]}` with each delta; the whole answer holds them in one. */
function joinLogprobs(pieces: readonly JsonValue[]): JsonValue | undefined {
  if (pieces.length === 0) return undefined
  const content: JsonValue[] = []
  for (const piece of pieces) {
    if (typeof piece !== 'object' || piece === null || Array.isArray(piece)) return pieces[0]
    const tokens = piece['content']
    if (Array.isArray(tokens)) content.push(...tokens)
  }
  return { content }
}
