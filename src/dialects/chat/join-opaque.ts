import { asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { BadGatewayError } from '../../core/errors.ts'

/** A chunk on its way, with what the caller keeps beside it. */
export interface HeldChunk {
  readonly chunk: JsonObject
  changed: boolean
}

export interface OpaqueJoiner<Held extends HeldChunk> {
  /** The chunks that may go now, in order. */
  push(held: Held): readonly Held[]
  flush(): readonly Held[]
  readonly holding: boolean
}

/**
 * Puts a split `reasoning_opaque` together again. Clients keep one piece of it and send that back, and the upstream refuses
 * a conversation whose sealed reasoning is incomplete; so chunks that carry some are held until one without comes, and the
 * whole value goes out in the first of them. A piece that only repeats what is already there is dropped.
 */
export function createOpaqueJoiner<Held extends HeldChunk>(maxBytes: number): OpaqueJoiner<Held> {
  let held: Held[] = []
  let pieces: string[] = []
  let length = 0
  let sent: string | undefined

  const take = (entry: Held): void => {
    const delta = deltaOf(entry.chunk)
    const piece = asString(delta?.['reasoning_opaque'])
    if (delta === undefined || piece === undefined) return
    const repeated = piece === sent || (pieces.length === 1 && pieces[0] === piece)
    if (!repeated) {
      pieces.push(piece)
      length += piece.length
    }
    if (held.length > 0 || repeated) {
      delete delta['reasoning_opaque']
      entry.changed = true
    }
    if (length > maxBytes)
      throw new BadGatewayError('The upstream sent sealed reasoning without end.', {
        code: 'event_too_large',
      })
  }

  const flush = (): readonly Held[] => {
    const ready = held
    const [first] = ready
    if (first !== undefined && pieces.length > 0) {
      const whole = pieces.join('')
      const delta = deltaOf(first.chunk)
      if (pieces.length > 1 && delta !== undefined) {
        delta['reasoning_opaque'] = whole
        first.changed = true
      }
      sent = whole
    }
    held = []
    pieces = []
    length = 0
    return ready
  }

  return {
    push(entry) {
      const carries = asString(deltaOf(entry.chunk)?.['reasoning_opaque'])
      if (carries !== undefined && carries !== '') {
        take(entry)
        if (pieces.length === 0) return [entry]
        held.push(entry)
        return []
      }
      if (held.length === 0) return [entry]
      return [...flush(), entry]
    },
    flush,
    get holding() {
      return held.length > 0
    },
  }
}

function deltaOf(chunk: JsonObject): JsonObject | undefined {
  const choices = chunk['choices']
  const first = Array.isArray(choices) ? asObject(choices[0]) : undefined
  return asObject(first?.['delta'])
}
