import { asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { BadGatewayError } from '../../core/errors.ts'

/** A chunk on its way, with what the caller keeps beside it. */
export interface HeldChunk {
  readonly chunk: JsonObject
  changed: boolean
}

/**
 * Puts a split `reasoning_opaque` together again. Clients keep one piece of it and send that back, and the upstream refuses
 * a conversation whose sealed reasoning is incomplete; so chunks that carry some are held until one without comes, and the
 * whole value goes out in the first of them. A piece that only repeats what is already there is dropped.
 */
export class OpaqueJoiner<Held extends HeldChunk> {
  readonly #maxBytes: number
  #held: Held[] | undefined
  #pieces: string[] = []
  #length = 0
  #sent: string | undefined

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get holding(): boolean {
    return this.#held !== undefined
  }

  /** The chunks that may go now, in order. */
  push(entry: Held): readonly Held[] {
    const carries = asString(deltaOf(entry.chunk)?.['reasoning_opaque'])
    if (carries !== undefined && carries !== '') {
      this.#take(entry)
      if (this.#pieces.length === 0) return [entry]
      if (this.#held === undefined) this.#held = [entry]
      else this.#held.push(entry)
      return []
    }
    return this.holding ? [...this.flush(), entry] : [entry]
  }

  flush(): readonly Held[] {
    const ready = this.#held ?? []
    const [first] = ready
    if (first !== undefined && this.#pieces.length > 0) {
      const whole = this.#pieces.join('')
      const delta = deltaOf(first.chunk)
      if (this.#pieces.length > 1 && delta !== undefined) {
        delta['reasoning_opaque'] = whole
        first.changed = true
      }
      this.#sent = whole
    }
    this.#held = undefined
    if (this.#pieces.length > 0) this.#pieces = []
    this.#length = 0
    return ready
  }

  #take(entry: Held): void {
    const delta = deltaOf(entry.chunk)
    const piece = asString(delta?.['reasoning_opaque'])
    if (delta === undefined || piece === undefined) return
    const pieces = this.#pieces
    const repeated = piece === this.#sent || (pieces.length === 1 && pieces[0] === piece)
    if (!repeated) {
      pieces.push(piece)
      this.#length += piece.length
    }
    if (this.holding || repeated) {
      delete delta['reasoning_opaque']
      entry.changed = true
    }
    if (this.#length > this.#maxBytes)
      throw new BadGatewayError('The upstream sent sealed reasoning without end.', {
        code: 'event_too_large',
      })
  }
}

function deltaOf(chunk: JsonObject): JsonObject | undefined {
  const choices = chunk['choices']
  const first = Array.isArray(choices) ? asObject(choices[0]) : undefined
  return asObject(first?.['delta'])
}
