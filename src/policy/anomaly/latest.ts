/** One value for each name, made when first asked for; beyond the limit the one that was longest not asked for goes. */
export interface Latest<Value> {
  of(name: string): Value
  drop(name: string): void
}

export function createLatest<Value>(most: number, make: () => Value): Latest<Value> {
  const values = new Map<string, Value>()
  let newest = ''
  return {
    of(name) {
      const known = values.get(name)
      // Mostly it is the same one again: nothing to move.
      if (known !== undefined && name === newest) return known
      const value = known ?? make()
      values.delete(name)
      values.set(name, value)
      newest = name
      if (values.size > most) {
        const [oldest] = values.keys()
        if (oldest !== undefined) values.delete(oldest)
      }
      return value
    },
    drop(name) {
      values.delete(name)
    },
  }
}
