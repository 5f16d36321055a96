import type { ResponseStore, StoredResponse } from '../../core/response-store.ts'

interface Shelf {
  /** Oldest first. */
  readonly responses: Map<string, StoredResponse>
  bytes: number
}

/** All owners together: a gateway without a database has one owner, or its keys' owners trust one machine. */
const MOST_BYTES = 256 * 1024 * 1024

/** Keeps responses in this process, for a gateway without a database: gone with its end. */
export function createMemoryResponseStore(mostBytes = MOST_BYTES): ResponseStore {
  const shelves = new Map<string, Shelf>()
  let total = 0

  const drop = (shelf: Shelf, id: string): boolean => {
    const response = shelf.responses.get(id)
    if (response === undefined) return false
    shelf.responses.delete(id)
    const bytes = sizeOf(response)
    shelf.bytes -= bytes
    total -= bytes
    if (shelf.responses.size === 0) shelves.delete(response.owner)
    return true
  }
  const fits = (bytes: number): boolean => total + bytes <= mostBytes
  const dropOldest = (shelf: Shelf): void => {
    const [oldest] = shelf.responses.keys()
    if (oldest !== undefined) drop(shelf, oldest)
  }
  const current = (id: string, owner: string, nowMs: number): StoredResponse | undefined => {
    const shelf = shelves.get(owner)
    const response = shelf?.responses.get(id)
    if (shelf === undefined || response === undefined) return undefined
    if (response.expiresAt > nowMs) return response
    drop(shelf, id)
    return undefined
  }

  return {
    save(response, { maxCount, maxBytes }) {
      const { id, owner, createdAt } = response
      const bytes = sizeOf(response)
      if (bytes > maxBytes || bytes > mostBytes || maxCount < 1) return Promise.resolve()
      const shelf = shelves.get(owner) ?? { responses: new Map(), bytes: 0 }
      drop(shelf, id)
      // They were kept in the order of their times, and nearly all equally long.
      for (const [known, { expiresAt }] of shelf.responses) {
        if (expiresAt > createdAt) break
        drop(shelf, known)
      }
      while (shelf.responses.size >= maxCount || shelf.bytes + bytes > maxBytes) dropOldest(shelf)
      while (!fits(bytes)) dropOldest(longestUnused(shelves) ?? shelf)
      shelves.delete(owner)
      shelves.set(owner, shelf)
      shelf.responses.set(id, response)
      shelf.bytes += bytes
      total += bytes
      return Promise.resolve()
    },
    find: (id, owner, nowMs) => Promise.resolve(current(id, owner, nowMs)),
    remove(id, owner, nowMs) {
      if (current(id, owner, nowMs) === undefined) return Promise.resolve(false)
      const shelf = shelves.get(owner)
      return Promise.resolve(shelf !== undefined && drop(shelf, id))
    },
  }
}

/** Whoever saved last is last. */
function longestUnused(shelves: ReadonlyMap<string, Shelf>): Shelf | undefined {
  const [first] = shelves.values()
  return first
}

/** JavaScript keeps one byte for each character of plain text, two for others. */
function sizeOf({ body }: StoredResponse): number {
  return body.length * 2
}
