import { asString, isJsonObject } from '../../../core/json.ts'
import type { JsonObject, JsonValue } from '../../../core/json.ts'
import { conversationAfter } from '../input-items.ts'
import type { ConversationMemory } from '../run-responses.ts'

/** What all connections together may remember, so that many of them do not fill the process. */
export interface MemoryBudget {
  bytes: number
  readonly maxBytes: number
}

export interface ConnectionMemory extends ConversationMemory {
  /** Found no more. */
  forget(id: string): void
  /** Gives everything back when the connection ends. */
  clear(): void
}

export interface MemoryBounds {
  readonly maxResponses: number
  readonly maxBytes: number
}

interface Entry {
  readonly items: readonly JsonValue[]
  readonly bytes: number
}

/**
 * The conversations of one connection, by the id of their last response, newest kept. A client sends only what is new and says
 * what it goes on from; upstream keeps nothing, so that the whole is put together here. What was let go is refused as not
 * found, upon which clients send all of it again.
 *
 * One conversation's responses share their items; counted are they for each, which errs on the safe side.
 */
export function createConnectionMemory(
  budget: MemoryBudget,
  bounds: MemoryBounds,
): ConnectionMemory {
  const entries = new Map<string, Entry>()
  /** An item is measured once, however many turns it stays. */
  const sizes = new WeakMap<object, number>()
  let bytes = 0
  let closed = false

  const sizeOf = (item: JsonValue): number => {
    if (!isJsonObject(item)) return JSON.stringify(item).length
    const known = sizes.get(item)
    if (known !== undefined) return known
    const size = JSON.stringify(item).length
    sizes.set(item, size)
    return size
  }
  const drop = (id: string, entry: Entry): void => {
    entries.delete(id)
    bytes -= entry.bytes
    budget.bytes -= entry.bytes
  }

  return {
    find: (id) => entries.get(id)?.items,
    remember(input: readonly JsonValue[], response: JsonObject) {
      const id = asString(response['id'])
      // What comes after the end of the connection would be given back by nobody.
      if (id === undefined || closed) return
      const items = conversationAfter(input, response)
      const size = items.reduce<number>((sum, item) => sum + sizeOf(item), 0)
      const known = entries.get(id)
      if (known !== undefined) drop(id, known)
      const fits = (): boolean =>
        entries.size < bounds.maxResponses &&
        bytes + size <= bounds.maxBytes &&
        budget.bytes + size <= budget.maxBytes
      for (const [oldest, entry] of entries) {
        if (fits()) break
        drop(oldest, entry)
      }
      if (!fits()) return
      entries.set(id, { items, bytes: size })
      bytes += size
      budget.bytes += size
    },
    forget(id) {
      const entry = entries.get(id)
      if (entry !== undefined) drop(id, entry)
    },
    clear() {
      closed = true
      for (const [id, entry] of entries) drop(id, entry)
    },
  }
}
