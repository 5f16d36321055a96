import { RateLimitError } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { Access, Mend } from '../../core/upstream.ts'
import type { PickContext } from '../balance/balancer.ts'
import type { StickySession } from '../balance/by-session.ts'
import { sessionOf } from '../balance/session-of.ts'
import { notFound } from '../resolve/not-found.ts'
import type { Route, Target } from '../resolve/target.ts'
import { toJetwayError } from './attempt.ts'
import type { CallState } from './call-state.ts'
import { fallbackNames } from './fallback-names.ts'
import { mendKey, nextStep } from './next-step.ts'
import type { NextStep } from './next-step.ts'
import { answerEstimate } from './reply.ts'
import { placeOf } from './place-of.ts'
import { tryTarget } from './try-target.ts'
import type { FailedTarget } from './target-outcome.ts'

/** What one group has tried for a call. */
interface Progress {
  readonly pick: PickContext & { readonly tried: Target[]; readonly excluded: Target[] }
  target: Target | undefined
  /** Of the present target. */
  mended: readonly string[]
  lessons: readonly Mend[]
  mends: number
  retriesMade: number
}

/** A call that no mend helps after this many is given up. */
const MOST_MENDS = 6

/**
 * Tries the targets of one group until one answers. `undefined` when the call is answered; else why this group could not.
 * Throws what no other group would mend: the client is gone, the caller may not.
 */
export async function tryRoute(
  state: CallState,
  route: Route,
  asked: Route,
): Promise<JetwayError | undefined> {
  const { balancer, budget } = state.house
  const progress: Progress = {
    pick: {
      seat: state.call.caller.seat,
      router: state.settings.router,
      // Only where there is a choice: finding it may take a question to other processes.
      session: route.targets.length > 1 ? await findSession(state, route) : undefined,
      tried: [],
      excluded: [],
    },
    target: undefined,
    mended: [],
    lessons: [],
    mends: 0,
    retriesMade: 0,
  }
  let failure: JetwayError | undefined
  for (;;) {
    if (progress.target === undefined) {
      const pick = balancer.pick(route.targets, progress.pick)
      if (pick.kind === 'busy') return failure ?? allBusy(route, pick.waitMs)
      if (pick.kind === 'none') return failure ?? (await noSuchModel(state, route))
      take(progress, pick.target)
      if (progress.retriesMade === 0) budget.deposit(pick.target.provider)
    }
    const { target } = progress
    if (target === undefined) continue
    const outcome = await tryTarget(state, target, asked, progress.lessons)
    if (outcome.kind === 'answered') {
      remember(state, progress.pick.session, target)
      return undefined
    }
    if (outcome.kind === 'missing' || outcome.kind === 'full') {
      if (outcome.kind === 'missing') progress.pick.excluded.push(target)
      progress.target = undefined
      continue
    }
    failure = outcome.error
    const step = decide(state, progress, target, route, asked, outcome)
    if (step.kind === 'give-up') {
      if (!(await answerEstimate(state))) return failure
      return undefined
    }
    if (step.kind === 'retry') {
      await retry(state, progress, step)
      continue
    }
    const problem = await mend(state, progress, target, asked, step.mend, outcome.access)
    if (problem === undefined) continue
    failure = problem
    // Here it would fail again; another target may need no mending.
    if (freeOther(state, route, progress.pick) === undefined) return failure
    const unmended = { ...outcome, error: problem, mend: undefined }
    const next = decide(state, progress, target, route, asked, unmended)
    if (next.kind !== 'retry') return failure
    await retry(state, progress, next)
  }
}

async function findSession(
  { call, house, settings, interrupts }: CallState,
  route: Route,
): Promise<StickySession | undefined> {
  if (settings.router.sessionTtlMs === 0) return undefined
  const key = sessionOf(call, route.name)
  if (key === undefined) return undefined
  return { key, last: await interrupts.waitFor(house.sessions.find(key)) }
}

function remember(
  { house, settings, failure }: CallState,
  session: StickySession | undefined,
  { deployment }: Target,
): void {
  if (session === undefined || deployment === undefined || failure !== undefined) return
  house.sessions.keep(session.key, deployment.id, settings.router.sessionTtlMs)
}

function take(progress: Progress, target: Target): void {
  progress.target = target
  // Lessons are a target's own; one that is tried again keeps them.
  if (!progress.pick.tried.includes(target)) {
    progress.mended = []
    progress.lessons = []
  }
  progress.pick.tried.push(target)
}

function decide(
  state: CallState,
  progress: Progress,
  target: Target,
  route: Route,
  asked: Route,
  { error, mend }: FailedTarget,
): NextStep {
  const { call, house, settings, dialect } = state
  const other = freeOther(state, route, progress.pick)
  const allowed = call.options.retries ?? target.deployment?.retries ?? settings.router.retries
  return nextStep({
    error,
    mend: progress.mends < MOST_MENDS ? mend : undefined,
    mended: progress.mended,
    otherTarget: other !== undefined,
    fallbacks:
      route === asked && fallbackNames(error, route.name, call.options, settings.router).length > 0,
    retriesMade: progress.retriesMade,
    // A count can be estimated at once: not worth a wait.
    retriesAllowed: dialect.operation === 'count-tokens' ? 0 : allowed,
    timeLeftMs: state.deadlineAt - house.clock.monotonic(),
    // From the budget of whoever gets the attempt: one that is away costs no other its retries.
    withdraw: () => house.budget.withdraw((other ?? target).provider),
    random: house.random,
  })
}

function freeOther({ house }: CallState, route: Route, context: PickContext): Target | undefined {
  if (route.targets.length < 2) return undefined
  const pick = house.balancer.pick(route.targets, context)
  return pick.kind === 'target' && !context.tried.includes(pick.target) ? pick.target : undefined
}

async function retry(
  state: CallState,
  progress: Progress,
  step: Extract<NextStep, { kind: 'retry' }>,
): Promise<void> {
  progress.retriesMade++
  const next =
    step.target === 'other' ? 'try another target' : `retry in ${Math.round(step.waitMs)} ms`
  state.log.close(next)
  if (step.waitMs > 0) await state.interrupts.pause(step.waitMs)
  // The balancer may know better by now; a lone target is simply found again.
  progress.target = undefined
}

/** `undefined`, or why it could not be mended: then that is the target's failure. */
async function mend(
  state: CallState,
  progress: Progress,
  target: Target,
  asked: Route,
  lesson: Mend,
  access: Access,
): Promise<JetwayError | undefined> {
  const { house, call, interrupts, log } = state
  progress.mends++
  progress.mended = [...progress.mended, mendKey(lesson)]
  progress.lessons = [...progress.lessons, lesson]
  log.close(lesson.kind)
  if (lesson.kind === 'other-wire') {
    house.wireMemory.learn(target.provider, lesson.model, lesson.wire)
  }
  if (lesson.kind === 'heal-request' && lesson.onlyFunctions !== undefined) {
    house.wireMemory.learnOnlyFunctions(target.provider, lesson.onlyFunctions)
  }
  const upstream = house.upstreams.get(target.provider)
  if (upstream === undefined) return undefined
  try {
    const place = placeOf(state, target, asked)
    await state.interrupts.waitFor(upstream.mend(lesson, place, access, call.signal))
    return undefined
  } catch (error) {
    if (interrupts.aborted) throw error
    return toJetwayError(error)
  }
}

async function noSuchModel(
  { settings, house, call, interrupts }: CallState,
  route: Route,
): Promise<JetwayError> {
  const place = { seat: call.caller.seat }
  return interrupts.waitFor(notFound(route, settings, house.upstreams, place, call.signal))
}

function allBusy(route: Route, waitMs: number): RateLimitError {
  const wait = Math.max(1, Math.ceil(waitMs / 1000))
  return new RateLimitError(
    `no deployment of ${route.name} is available; try again in ${wait} seconds`,
    { retry_after: wait, code: 'no_deployment_available' },
  )
}
