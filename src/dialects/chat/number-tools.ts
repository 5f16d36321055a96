import { asNumber, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'

interface SeenCall {
  readonly place: number
  id: string | undefined
}

/**
 * Tells parallel tool calls of a chat stream apart. Claude on Copilot's chat wire gave every call the index 0, so that a
 * client that trusts the index runs two calls' arguments into one. A new id marks a new call; a piece without one continues
 * the last call that claimed the same index.
 */
export class ToolNumbering {
  readonly #byId = new Map<string, SeenCall>()
  readonly #lastByIndex = new Map<number | undefined, SeenCall>()
  #last: SeenCall | undefined
  #count = 0
  #renumbered = false

  /** Calls seen so far. */
  get count(): number {
    return this.#count
  }

  /** Some piece claimed another index than its place. */
  get renumbered(): boolean {
    return this.#renumbered
  }

  /** The place of the call that this piece belongs to, counted from 0 in order of appearance. */
  place(piece: JsonObject): number {
    const claimed = asNumber(piece['index'])
    const id = asString(piece['id']) || undefined
    let call = this.#find(claimed, id)
    if (call === undefined) {
      call = { place: this.#count, id }
      this.#count += 1
    }
    call.id ??= id
    if (id !== undefined) this.#byId.set(id, call)
    this.#lastByIndex.set(claimed, call)
    this.#last = call
    if (call.place !== claimed) this.#renumbered = true
    return call.place
  }

  #find(claimed: number | undefined, id: string | undefined): SeenCall | undefined {
    const sameIndex = claimed === undefined ? this.#last : this.#lastByIndex.get(claimed)
    if (id === undefined) return sameIndex
    return this.#byId.get(id) ?? (sameIndex?.id === undefined ? sameIndex : undefined)
  }
}
