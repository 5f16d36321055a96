/** By the prefix GitHub gives its tokens; `tid` is the short-lived token that Copilot's own exchange hands out. */
export type TokenKind = 'tid' | 'ghu' | 'gho' | 'github_pat' | 'ghs' | 'ghp' | 'other'

/** `exchange`: the GitHub token buys a short-lived one. `direct`: it is the bearer of model calls itself. */
export type Way = 'exchange' | 'direct'

const PREFIXES: readonly (readonly [string, TokenKind])[] = [
  ['tid=', 'tid'],
  ['ghu_', 'ghu'],
  ['gho_', 'gho'],
  ['github_pat_', 'github_pat'],
  ['ghs_', 'ghs'],
  ['ghp_', 'ghp'],
]

export function tokenKind(token: string): TokenKind {
  for (const [prefix, kind] of PREFIXES) if (token.startsWith(prefix)) return kind
  return 'other'
}

/** Which way is tried first. The exchange serves GitHub's own Copilot apps; all other tokens are bearers themselves. */
export function firstWay(kind: TokenKind): Way {
  return kind === 'gho' || kind === 'github_pat' || kind === 'ghs' ? 'direct' : 'exchange'
}

/** What may be shown of a secret: `ghu_…abcd`. */
export function maskToken(token: string): string {
  const kind = tokenKind(token)
  if (kind === 'tid') return 'tid=…'
  const prefix = kind === 'other' ? '' : `${kind}_`
  return token.length < prefix.length + 12 ? `${prefix}…` : `${prefix}…${token.slice(-4)}`
}

/** A header cannot carry anything else, and no token holds anything else. */
export function isTokenText(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token)
}

const SECRET = /tid=[^\s"',}]+|(?:gh[opsu]_|github_pat_)[\w-]+/g

/** Takes secrets out of text that others wrote, before it becomes part of an error or a log line. */
export function redactTokens(text: string): string {
  return text.replace(SECRET, (secret) => maskToken(secret))
}
