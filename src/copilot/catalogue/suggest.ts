/** The nearest names, best first; none that are far off. */
export function nearest(wanted: string, names: readonly string[], count = 3): readonly string[] {
  const from = wanted.toLowerCase()
  const furthest = Math.max(2, Math.floor(from.length * 0.4))
  return names
    .map((name) => ({ name, distance: distanceOf(from, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= furthest)
    .toSorted((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, count)
    .map(({ name }) => name)
}

/** Edits between two names; one that begins with the other is near, however much follows. */
function distanceOf(from: string, to: string): number {
  if (from.length > 2 && to.startsWith(from)) return 1
  if (from.length > 200) return from.length
  let row = Array.from({ length: to.length + 1 }, (_unused, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const swap = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap))
    }
    row = next
  }
  return row[to.length] ?? to.length
}
