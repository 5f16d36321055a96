import type { Quota } from './quota.ts'

type Said = Pick<Quota, 'snapshots' | 'limits'>

/**
 * The smallest part that any seat has left, by the quota's name: 1 is all of it, below 0 more was used than granted. What is
 * unlimited is left out. Seats have no names here: whoever watches for the end of a quota need not know whose.
 */
export function lowestLeft(quotas: Iterable<Said>): Map<string, number> {
  const lowest = new Map<string, number>()
  const see = (name: string, percent: number): void => {
    lowest.set(name, Math.min(lowest.get(name) ?? Infinity, percent / 100))
  }
  for (const { snapshots, limits } of quotas) {
    for (const [name, { unlimited, percentRemaining }] of Object.entries(snapshots)) {
      if (!unlimited) see(name, percentRemaining)
    }
    for (const [name, { percentRemaining }] of Object.entries(limits)) see(name, percentRemaining)
  }
  return lowest
}
