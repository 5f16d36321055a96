import { createHash } from 'node:crypto'
import type { Target } from '../resolve/target.ts'

/** What is known of the session that a call belongs to. */
export interface StickySession {
  readonly key: string
  /** The deployment that served it last, as far as anyone remembers. */
  readonly last: string | undefined
}

/**
 * The target of a session: the one that served it last, else the one that every replica computes alike (weighted rendezvous
 * hashing): sessions spread by weight, and when a target comes or goes only its own sessions move.
 * https://www.ietf.org/archive/id/draft-ietf-bess-weighted-hrw-00.html
 */
export function bySession(
  targets: readonly Target[],
  { key, last }: StickySession,
  weightOf: (target: Target) => number,
): Target | undefined {
  const known = targets.find(({ deployment }) => deployment !== undefined && deployment.id === last)
  if (known !== undefined) return known
  let best: Target | undefined
  let highest = -Infinity
  for (const target of targets) {
    const score = -weightOf(target) / Math.log(fraction(key, target))
    if (score > highest) {
      best = target
      highest = score
    }
  }
  return best
}

/** Between 0 and 1, neither of them. */
function fraction(key: string, { deployment, provider, model }: Target): number {
  const name = deployment?.id ?? `${provider}/${model}`
  const hash = createHash('sha256').update(`${key}\n${name}`).digest()
  return (hash.readUIntBE(0, 6) + 0.5) / 2 ** 48
}
