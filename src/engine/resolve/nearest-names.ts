/** The names that a mistyped one may have meant, nearest first: at most `count`, and none that is far off. */
export function nearestNames(name: string, known: Iterable<string>, count = 3): readonly string[] {
  // A name is the client's text: bounded, because the distance costs its length times that of every known one.
  const wanted = name.slice(0, 100).toLowerCase()
  const bare = wanted.slice(wanted.lastIndexOf('/') + 1)
  const scored: { readonly name: string; readonly score: number }[] = []
  for (const candidate of known) {
    const lower = candidate.toLowerCase()
    const distance = Math.min(
      editDistance(wanted, lower),
      editDistance(bare, lower.slice(lower.lastIndexOf('/') + 1)),
    )
    const contained = bare.length >= 3 && (lower.includes(bare) || bare.includes(lower))
    const score = contained ? Math.min(distance, 2) : distance
    if (score <= Math.max(2, Math.floor(bare.length / 3))) scored.push({ name: candidate, score })
  }
  return scored
    .sort((a, b) => a.score - b.score || a.name.localeCompare(b.name))
    .slice(0, count)
    .map((one) => one.name)
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a.charCodeAt(row - 1) === b.charCodeAt(column - 1)
      current.push(
        Math.min(
          (above[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (above[column - 1] ?? 0) + (same ? 0 : 1),
        ),
      )
    }
    above = current
  }
  return above[b.length] ?? 0
}
