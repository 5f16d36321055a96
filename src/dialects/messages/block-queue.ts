import { BadGatewayError } from '../../core/errors.ts'
import type { Part } from '../../core/parts.ts'

/** A part of one block. */
export type BlockPart = Extract<Part, { readonly index: number }>

export interface BlockQueue {
  /** Parts that may be written now, in order. */
  push(part: BlockPart): readonly BlockPart[]
  /** Everything that still waits: the answer is over. */
  drain(): readonly BlockPart[]
}

interface Waiting {
  readonly index: number
  readonly parts: BlockPart[]
  done: boolean
}

/**
 * Puts interleaved blocks one after the other: chat may send pieces of several tool calls at once, this wire has one open
 * block. The first goes straight through; pieces of later ones wait until it ends.
 */
export function createBlockQueue(maxHeldBytes: number): BlockQueue {
  let current: number | undefined
  let waiting: Waiting[] = []
  let heldBytes = 0

  const advance = (): BlockPart[] => {
    const ready: BlockPart[] = []
    let next = 0
    current = undefined
    for (; next < waiting.length && current === undefined; next++) {
      const block = waiting[next]
      if (!block) break
      ready.push(...block.parts)
      if (!block.done) current = block.index
    }
    waiting = waiting.slice(next)
    if (waiting.length === 0) heldBytes = 0
    return ready
  }

  const hold = (part: BlockPart): void => {
    heldBytes += 'text' in part ? (part.text?.length ?? 0) : 1
    if (heldBytes > maxHeldBytes) {
      throw new BadGatewayError(
        'The upstream sent too much of several blocks at once to put them one after the other.',
        { code: 'event_too_large' },
      )
    }
    if (isStart(part)) {
      waiting.push({ index: part.index, parts: [part], done: part.type === 'opaque' })
      return
    }
    const block = waiting.find(({ index, done }) => index === part.index && !done)
    if (!block) return
    block.parts.push(part)
    block.done = isEnd(part)
  }

  return {
    push(part) {
      if (part.index === current) {
        if (isStart(part)) return []
        return isEnd(part) ? [part, ...advance()] : [part]
      }
      if (current !== undefined) {
        hold(part)
        return []
      }
      if (!isStart(part)) return []
      if (part.type !== 'opaque') current = part.index
      return [part]
    },
    drain() {
      const ready: BlockPart[] = []
      while (waiting.length > 0) ready.push(...advance())
      current = undefined
      return ready
    },
  }
}

function isStart({ type }: BlockPart): boolean {
  return type.endsWith('-start') || type === 'opaque'
}

function isEnd({ type }: BlockPart): boolean {
  return type.endsWith('-end')
}
