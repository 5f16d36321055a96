import { creditsFromNano } from '../../core/usage.ts'

export interface ReplyFacts {
  readonly requestId: string
  readonly contentType: string
  /** As it can be called: `github_copilot/gpt-4o`. */
  readonly model: string
  readonly wire: string
  readonly attempts: number
  readonly overheadMs: number
  readonly degraded: readonly string[]
  readonly permit: Readonly<Record<string, string>> | undefined
  readonly stream: boolean
  /** Of an answer in one piece. */
  readonly length: number | undefined
  readonly nanoCredits: number | undefined
}

/** The head of every answer. */
export function replyHeaders(facts: ReplyFacts): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {
    'content-type': facts.contentType,
    'x-request-id': facts.requestId,
    'x-jetway-model': headerText(facts.model),
    'x-jetway-wire': facts.wire,
    'x-jetway-attempts': String(facts.attempts),
    'x-jetway-overhead-ms': tenths(facts.overheadMs),
  }
  if (facts.stream) headers['cache-control'] = 'no-cache'
  if (facts.length !== undefined) headers['content-length'] = String(facts.length)
  if (facts.nanoCredits !== undefined) {
    headers['x-jetway-cost-credits'] = decimal(creditsFromNano(facts.nanoCredits))
  }
  if (facts.degraded.length > 0)
    headers['x-jetway-degraded'] = headerText(facts.degraded.join(', '))
  const { permit } = facts
  // Not by Object.assign, which costs as much as all else here.
  for (const name in permit) headers[name] = permit[name] ?? ''
  return headers
}

/** A name that a client or an upstream chose may hold what no header may. */
export function headerText(text: string): string {
  if (text.length <= LONGEST && isPrintable(text)) return text
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, LONGEST)
}

const LONGEST = 1000

/** A loop, as a regular expression leaves the fast path for a text that was just put together. */
function isPrintable(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code > 0x7e) return false
  }
  return true
}

/** One decimal, as `toFixed(1)` gives it, from integers: it is on the path of every call, and `toFixed` is not cheap. */
function tenths(value: number): string {
  const whole = Math.round(value * 10)
  return `${Math.floor(whole / 10)}.${whole % 10}`
}

/** A nano-credit is nine digits behind the point, where `String` would write `1e-9`. */
function decimal(credits: number): string {
  return credits >= 1e-6 || credits === 0 ? String(credits) : credits.toFixed(9)
}
