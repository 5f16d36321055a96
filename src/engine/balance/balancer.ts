import type { SeatId } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import type { Deployment, RouterSettings } from '../../core/settings.ts'
import type { Target } from '../resolve/target.ts'
import { bySession, type StickySession } from './by-session.ts'
import { Load } from './load.ts'
import { TargetHealth } from './target-health.ts'

/** Chooses among the targets of a group, and remembers how they fare. All state is in this value. */
export interface Balancer {
  pick(targets: readonly Target[], context: PickContext): Pick
  /** Others may have filled it since it was picked. */
  isFull(target: Target): boolean
  begin(target: Target, seat: SeatId): void
  /** Exactly once for each `begin`. `error` absent: it answered. `aborted`: nothing was learned. */
  end(target: Target, seat: SeatId, result: AttemptResult, router: RouterSettings): void
}

export interface PickContext {
  readonly seat: SeatId
  readonly router: RouterSettings
  /** The session that the call belongs to, where it is known. */
  readonly session?: StickySession | undefined
  /** Already tried by this call: taken again only when nothing else is left. */
  readonly tried: readonly Target[]
  /** Not to be taken at all. */
  readonly excluded: readonly Target[]
}

export type Pick =
  | { readonly kind: 'target'; readonly target: Target }
  /** Nothing is free; the nearest will be after `waitMs`. */
  | { readonly kind: 'busy'; readonly waitMs: number }
  | { readonly kind: 'none' }

export interface AttemptResult {
  readonly error?: JetwayError | undefined
  readonly aborted?: boolean | undefined
  readonly tokens: number
}

/** What is known of one deployment. */
interface Known {
  readonly load: Load
  /** By seat. */
  readonly health: Map<string, TargetHealth>
}

const EVERY_SEAT = ''
const newKnown = (): Known => ({ load: new Load(), health: new Map() })
const newHealth = (): TargetHealth => new TargetHealth()

/** Deployments, and seats of each: far more than anyone has; a bound, because both may come and go. */
const MAX_REMEMBERED = 10_000

export function createBalancer(clock: Clock, random: Random): Balancer {
  const known = new Map<string, Known>()

  const knownOf = ({ id }: Deployment): Known => remember(known, id, newKnown)
  const loadOf = (deployment: Deployment): Load => knownOf(deployment).load
  /** A seat's limits are its own: a deployment without a key of its own rests for one seat at a time. */
  const healthOf = (deployment: Deployment, seat: SeatId): TargetHealth =>
    remember(
      knownOf(deployment).health,
      deployment.apiKey === undefined ? seat : EVERY_SEAT,
      newHealth,
    )

  const waitOf = (target: Target, alone: boolean, seat: SeatId, now: number): number => {
    const { deployment } = target
    if (deployment === undefined) return 0
    const full = loadOf(deployment).fullFor(deployment, now)
    // A target without an alternative is never taken out of service: resting would only make the failure certain.
    return alone ? full : Math.max(full, healthOf(deployment, seat).restsFor(now))
  }

  return {
    pick(targets, { seat, router, session, tried, excluded }) {
      const [only] = targets
      if (targets.length === 1 && only !== undefined && only.deployment === undefined) {
        return excluded.includes(only) ? { kind: 'none' } : { kind: 'target', target: only }
      }
      const now = clock.monotonic()
      let soonest = Infinity
      const free: Target[] = []
      for (const target of targets) {
        if (excluded.includes(target)) continue
        const waitMs = waitOf(target, targets.length === 1, seat, now)
        if (waitMs === 0) free.push(target)
        else soonest = Math.min(soonest, waitMs)
      }
      const fresh = free.filter((target) => !tried.includes(target))
      const candidates = lowestOrder(fresh.length > 0 ? fresh : free)
      const chosen =
        stickTo(candidates, session, router) ?? choose(candidates, router, random, loadOf)
      if (chosen !== undefined) return { kind: 'target', target: chosen }
      return soonest === Infinity ? { kind: 'none' } : { kind: 'busy', waitMs: soonest }
    },
    isFull: ({ deployment }) =>
      deployment !== undefined && loadOf(deployment).fullFor(deployment, clock.monotonic()) > 0,
    begin({ deployment }, seat) {
      if (deployment === undefined) return
      const now = clock.monotonic()
      loadOf(deployment).begin(now)
      healthOf(deployment, seat).begin(now)
    },
    end({ deployment }, seat, { error, aborted, tokens }, router) {
      if (deployment === undefined) return
      const now = clock.monotonic()
      loadOf(deployment).end(tokens, now)
      const state = healthOf(deployment, seat)
      if (aborted === true) state.abstain()
      else if (error === undefined) state.succeed()
      else state.fail(error, now, router)
    },
  }
}

function lowestOrder(targets: readonly Target[]): readonly Target[] {
  let lowest = Infinity
  for (const target of targets) lowest = Math.min(lowest, orderOf(target))
  return targets.filter((target) => orderOf(target) === lowest)
}

/** Where its session was; a new one goes where all replicas would send it, unless load decides. */
function stickTo(
  targets: readonly Target[],
  session: StickySession | undefined,
  { strategy }: RouterSettings,
): Target | undefined {
  if (session === undefined) return undefined
  if (strategy === 'least-busy')
    return targets.find(
      ({ deployment }) => deployment !== undefined && deployment.id === session.last,
    )
  return bySession(targets, session, weightOf)
}

function choose(
  targets: readonly Target[],
  router: RouterSettings,
  random: Random,
  loadOf: (deployment: Deployment) => Load,
): Target | undefined {
  if (targets.length <= 1) return targets[0]
  if (router.strategy === 'least-busy') {
    const busy = (target: Target): number =>
      target.deployment === undefined ? 0 : loadOf(target.deployment).inFlight / weightOf(target)
    const least = Math.min(...targets.map((target) => busy(target)))
    return byWeight(
      targets.filter((target) => busy(target) === least),
      random,
    )
  }
  return byWeight(targets, random)
}

function byWeight(targets: readonly Target[], random: Random): Target | undefined {
  const total = targets.reduce((sum, target) => sum + weightOf(target), 0)
  let point = random() * total
  for (const target of targets) {
    point -= weightOf(target)
    if (point < 0) return target
  }
  return targets.at(-1)
}

function orderOf(target: Target): number {
  return target.deployment?.order ?? 1
}

/** A weight of 0 means: only when nothing else is left, which a tiny share says well enough. */
function weightOf(target: Target): number {
  const weight = target.deployment?.weight ?? 1
  return weight > 0 ? weight : 1e-9
}

function remember<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key)
  if (known !== undefined) return known
  if (map.size >= MAX_REMEMBERED) {
    const [oldest] = map.keys()
    if (oldest !== undefined) map.delete(oldest)
  }
  const made = make()
  map.set(key, made)
  return made
}
