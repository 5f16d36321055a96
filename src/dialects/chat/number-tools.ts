import { asNumber, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'

export interface ToolNumbering {
  /** The place of the call that this piece belongs to, counted from 0 in order of appearance. */
  place(piece: JsonObject): number
  /** Calls seen so far. */
  readonly count: number
  /** Some piece claimed another index than its place. */
  readonly renumbered: boolean
}

interface SeenCall {
  readonly place: number
  id: string | undefined
}

/**
 * Tells parallel tool calls of a chat stream apart. Claude on Copilot's chat wire gave every call the index 0, so that a
 * client that trusts the index runs two calls' arguments into one. A new id marks a new call; a piece without one continues
 * the last call that claimed the same index.
 */
export function createToolNumbering(): ToolNumbering {
  const byId = new Map<string, SeenCall>()
  const lastByIndex = new Map<number | undefined, SeenCall>()
  let last: SeenCall | undefined
  let count = 0
  let renumbered = false

  const find = (claimed: number | undefined, id: string | undefined): SeenCall | undefined => {
    const sameIndex = claimed === undefined ? last : lastByIndex.get(claimed)
    if (id === undefined) return sameIndex
    return byId.get(id) ?? (sameIndex?.id === undefined ? sameIndex : undefined)
  }

  return {
    place(piece) {
      const claimed = asNumber(piece['index'])
      const id = asString(piece['id']) || undefined
      let call = find(claimed, id)
      if (call === undefined) {
        call = { place: count, id }
        count += 1
      }
      call.id ??= id
      if (id !== undefined) byId.set(id, call)
      lastByIndex.set(claimed, call)
      last = call
      if (call.place !== claimed) renumbered = true
      return call.place
    },
    get count() {
      return count
    },
    get renumbered() {
      return renumbered
    },
  }
}
