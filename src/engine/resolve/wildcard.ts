/** What the one `*` of `pattern` stands for in `name`; `undefined` when it does not match. */
export function matchWildcard(pattern: string, name: string): string | undefined {
  const star = pattern.indexOf('*')
  if (star === -1) return pattern === name ? '' : undefined
  const head = pattern.slice(0, star)
  const tail = pattern.slice(star + 1)
  if (name.length < head.length + tail.length) return undefined
  if (!name.startsWith(head) || !name.endsWith(tail)) return undefined
  return name.slice(head.length, name.length - tail.length)
}

export function isWildcard(pattern: string): boolean {
  return pattern.includes('*')
}

/** How much of the pattern is literal: `my/*` is nearer to `my/x` than `*` is. */
export function specificity(pattern: string): number {
  return isWildcard(pattern) ? pattern.length - 1 : Infinity
}
