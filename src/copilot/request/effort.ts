const ORDER = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** The word of the model's list that comes closest: the highest that is no more than asked, else the lowest. */
export function fitEffort(asked: string, known: readonly string[]): string | undefined {
  if (known.includes(asked)) return asked
  const wanted = ORDER.indexOf(asked)
  // A word of next month means something to the upstream only.
  if (wanted === -1) return asked
  const thinking = known.filter((word) => word !== 'none' && ORDER.includes(word))
  if (asked === 'none' || thinking.length === 0) return undefined
  const ranked = thinking.toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))
  return ranked.findLast((word) => ORDER.indexOf(word) <= wanted) ?? ranked[0]
}
