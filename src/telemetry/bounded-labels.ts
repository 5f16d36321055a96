const OTHER = 'other'

/**
 * Lets through the first `limit` values of a label and calls the rest `other`: every new value is a new time series, and who
 * may choose values may fill the memory of whoever stores them.
 */
export function createBoundedLabel(limit: number): (value: string | undefined) => string {
  const known = new Set<string>()
  return (value) => {
    if (value === undefined) return 'none'
    if (known.has(value)) return value
    if (known.size >= limit) return OTHER
    known.add(value)
    return value
  }
}
