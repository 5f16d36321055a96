import { createContext, Script } from 'node:vm'

/** Takes out of a text what must not be kept. */
export type Redact = (text: string) => string

export class RedactionError extends Error {}

const MOST_PATTERNS = 20
const LONGEST_PATTERN = 300
/** A pattern that needs longer for one text is one that never ends. */
const LONGEST_MS = 100

/** Where a word begins; also behind a line's end as JSON writes it, since texts hold JSON that holds texts. */
const START = String.raw`(?:(?<![A-Za-z0-9_])|(?<=\\[nrtfb]))`

/** Of one shape each, and bounded: none takes more than some steps for a character. */
const KNOWN: readonly (readonly [kind: string, pattern: RegExp])[] = [
  [
    'private key',
    /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g,
  ],
  ['GitHub token', starting('(?:gh[opusr]_[A-Za-z0-9_]{16,}|github_pat_[A-Za-z0-9_]{20,})')],
  ['Copilot token', starting(String.raw`tid=[^\s"'\\]{16,}`)],
  ['JSON web token', starting(String.raw`eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*`)],
  ['key', starting('(?:sk|pk|rk|xox[abposr]|glpat|hf|npm|pypi)[-_][A-Za-z0-9_-]{12,}')],
  ['AWS key', starting('(?:AKIA|ASIA)[A-Z0-9]{16}')],
  ['Google key', starting(String.raw`AIza[\w-]{30,}`)],
  ['bearer token', starting(String.raw`Bearer\s+[\w.~+/=-]{12,}`, 'gi')],
  ['password', /\/\/[^\s/:@"'\\]{1,200}:[^\s/@"'\\]{1,200}@/g],
  [
    'secret',
    /(?:password|passwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token)[\w-]{0,40}\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?[^\s"'\\,;}]{6,}/gi,
  ],
  [
    'e-mail address',
    starting(String.raw`[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}`),
  ],
]

function starting(pattern: string, flags = 'g'): RegExp {
  return new RegExp(`${START}${pattern}`, flags)
}

/**
 * Keys, tokens, passwords and e-mail addresses, and what further patterns match. A text on which one of the further patterns
 * takes too long is not kept at all: nobody knows what is in it.
 */
export function createRedactor(further: readonly string[] = []): Redact {
  if (further.length > MOST_PATTERNS)
    throw new RedactionError(`${further.length} patterns; ${MOST_PATTERNS} are taken at most`)
  const patterns = further.map(parsePattern)
  return (text) => {
    let clean = text
    for (const [kind, pattern] of KNOWN) clean = clean.replace(pattern, `[redacted: ${kind}]`)
    return patterns.length === 0 ? clean : withinTime(patterns, clean)
  }
}

/** In a context of its own, since only there an expression that never ends can be stopped. */
const REPLACE = `
  let clean = text
  for (const pattern of patterns) clean = clean.replace(pattern, '[redacted]')
  clean
`

function withinTime(patterns: readonly RegExp[], text: string): string {
  try {
    const context = createContext({ patterns, text })
    return String(new Script(REPLACE).runInContext(context, { timeout: LONGEST_MS }))
  } catch {
    return '[not kept: a pattern of JETWAY_PROMPT_REDACT took too long for this text]'
  }
}

function parsePattern(source: string): RegExp {
  if (source.length > LONGEST_PATTERN)
    throw new RedactionError(
      `a pattern of ${source.length} characters; ${LONGEST_PATTERN} are taken`,
    )
  let pattern: RegExp
  try {
    pattern = new RegExp(source, 'gu')
  } catch (cause) {
    throw new RedactionError(`${source} is no regular expression`, { cause })
  }
  if (pattern.test(''))
    throw new RedactionError(`${source} matches nothing at all, and so everywhere`)
  return pattern
}
