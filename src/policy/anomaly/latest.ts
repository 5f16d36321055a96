/** One value for each name, made when first asked for; the last `most` names that were asked for keep theirs. */
export interface Latest<Value> {
  of(name: string): Value
  drop(name: string): void
}

/**
 * Two maps: what is asked for is in the newer one, or moves there; when that is full, it takes the place of the older one, and what
 * nobody asked for since is gone. So a name that is asked for again and again costs a look and no moving, and up to twice as many are
 * there.
 */
export function createLatest<Value>(most: number, make: () => Value): Latest<Value> {
  let older = new Map<string, Value>()
  let newer = new Map<string, Value>()
  return {
    of(name) {
      const known = newer.get(name)
      if (known !== undefined) return known
      const value = older.get(name) ?? make()
      if (newer.size >= most) {
        older = newer
        newer = new Map()
      }
      newer.set(name, value)
      return value
    },
    drop(name) {
      newer.delete(name)
      older.delete(name)
    },
  }
}
