import { randomUUID } from 'node:crypto'
import type { Admission, AdmissionRequest, Permit } from '../../core/admission.ts'
import { undoOnError, whenKnown, type Awaitable } from '../../core/awaitable.ts'
import type { Clock } from '../../core/clock.ts'
import { ServiceUnavailableError, type JetwayError } from '../../core/errors.ts'
import type { CallRecord } from '../../core/ledger.ts'
import type { Log } from '../../core/log.ts'
import { creditsFromNano } from '../../core/usage.ts'
import type { Budgets } from '../budgets/allowances.ts'
import type { BudgetDemand, Spending } from '../budgets/budget-store.ts'
import { refuseModel, refuseRoute } from '../keys/check-grant.ts'
import { grantOfCaller } from '../keys/key-caller.ts'
import type { Grant } from '../keys/key.ts'
import type { Demand, LimitStore } from '../limits/limit-store.ts'
import type { Release, SeatQueue } from '../pacing/seat-queue.ts'
import { budgetDemands, limitDemands, ownersOf, type Owner } from './demands.ts'
import { estimateCall } from './estimate.ts'
import { budgetError, limitError, limitHeaders } from './refusals.ts'
import { routeOfDialect } from './routes.ts'

export interface AdmissionOptions {
  readonly limits: LimitStore
  readonly budgets: Budgets
  readonly seats: SeatQueue
  readonly clock: Clock
  readonly log: Log
  /** What a call may do when the store cannot be asked. @default 'refuse' */
  readonly whenStoreIsAway?: 'refuse' | 'allow' | undefined
  /** The longest a call may run: its holds expire after it. @default 600000 */
  readonly longestCallMs?: number | undefined
  /** Hears of a budget whose soft mark this call reached. */
  readonly onSoftBudget?: ((owner: Owner, spending: Spending) => void) | undefined
}

/**
 * Model, route, a place on the seat, the limits of key, user and team (one round trip), their budgets (one more): in this
 * order, so that what costs nothing refuses first and money is held last and shortest.
 */
export function createAdmission(options: AdmissionOptions): Admission {
  const { limits, budgets, seats, clock, log } = options
  const longestCallMs = options.longestCallMs ?? 600_000
  const allowAway = options.whenStoreIsAway === 'allow'
  const newCallId = callIds()
  /** A grant is kept for a second, and serves many calls. */
  const known = new WeakMap<Grant, Demanded>()

  const demandedBy = (grant: Grant): Demanded => {
    let demanded = known.get(grant)
    if (demanded === undefined) {
      const owners = ownersOf(grant)
      demanded = { owners, demands: limitDemands(owners), accountsAt: budgetDemands(owners) }
      known.set(grant, demanded)
    }
    return demanded
  }

  /** `undefined`: the store is away, and calls go through then. */
  const askStore = <Answer>(ask: () => Awaitable<Answer>): Awaitable<Answer | undefined> => {
    try {
      const asked = ask()
      return asked instanceof Promise ? asked.catch(storeIsAway) : asked
    } catch (cause) {
      return storeIsAway(cause)
    }
  }

  const storeIsAway = (cause: unknown): undefined => {
    log.warn('the store did not answer', { allowed: allowAway })
    if (allowAway) return undefined
    throw new ServiceUnavailableError(
      'limits and budgets cannot be checked now: the store does not answer. Try again in a moment',
      { cause, retry_after: 2, code: 'store_unavailable' },
    )
  }

  return {
    admit(request) {
      const { call } = request
      const grant = grantOfCaller(call.caller)
      if (grant) {
        const refusal =
          refuseModel(grant, namesOf(request)) ??
          refuseFallbacks(grant, call.options.fallbacks ?? []) ??
          refuseRoute(grant, routeOfDialect(call.dialect))
        if (refusal) throw refusal
      }
      return whenKnown(seats.enter(call.caller.seat, call.signal), (place) =>
        undoOnError(() => admitPlaced(request, grant ? demandedBy(grant) : NO_ONE, place), place),
      )
    },
    allows(caller, { name, provider, model }) {
      const grant = grantOfCaller(caller)
      if (grant === undefined) return true
      const names = model ? namesOf({ call: { model: name }, model, provider }) : [name]
      return refuseModel(grant, names) === undefined
    },
  }

  /** Each step waits only for a store that is elsewhere: in one process nothing here does. */
  function admitPlaced(
    { call, model }: AdmissionRequest,
    { owners, demands, accountsAt }: Demanded,
    place: Release,
  ): Awaitable<Permit> {
    const { queuedMs } = place
    const takenAtMs = clock.now()
    const accounts = accountsAt(takenAtMs)
    if (demands.length + accounts.length === 0) return { headers: {}, queuedMs, settle: place }

    const callId = newCallId()
    const estimate = estimateCall(call.body, model)
    const estimatedTokens = estimate.promptTokens + estimate.outputTokens
    const deadlineMs = takenAtMs + (call.options.timeoutMs ?? longestCallMs)

    const settleLimits = (tokens: number): void => {
      const settlement = { callId, demands, estimatedTokens, tokens, takenAtMs, nowMs: clock.now() }
      const settled = limits.settle(settlement)
      if (!(settled instanceof Promise)) return
      settled.catch(() => {
        log.warn('limits were not settled: the store did not answer')
      })
    }

    const permit = (
      headers: Readonly<Record<string, string>>,
      reservedNanoCredits: number,
    ): Permit => ({
      headers,
      queuedMs,
      settle(record) {
        place()
        const unsaid = wasBegun(record) ? estimate : NOTHING
        settleLimits(tokensOf(record) ?? unsaid.promptTokens)
        if (accounts.length === 0) return
        const nanoCredits = record.cost?.nanoCredits ?? unsaid.promptNanoCredits
        budgets.settle({ accounts, reservedNanoCredits, nanoCredits })
      },
    })

    const reserve = (headers: Record<string, string>): Awaitable<Permit> => {
      const { nanoCredits } = estimate
      const asked = askStore(() => budgets.reserve({ demands: accounts, nanoCredits }))
      return whenKnown(asked, (money) => {
        if (money === undefined) return permit(headers, 0)
        if (money.refusal) throw budgetError(money.refusal, owners, nanoCredits, takenAtMs)
        noticeBudgets(money.spending, owners, headers)
        return permit(headers, nanoCredits)
      })
    }

    const take = () =>
      limits.take({ callId, demands, tokens: estimatedTokens, nowMs: takenAtMs, deadlineMs })
    return whenKnown(askStore(take), (verdict) => {
      if (verdict?.refusal) throw limitError(verdict.refusal, verdict.left, owners)
      const headers = limitHeaders(verdict?.left ?? [])
      if (accounts.length === 0) return permit(headers, 0)
      return undoOnError(
        () => reserve(headers),
        () => {
          settleLimits(0)
        },
      )
    })
  }

  /** What is left of the tightest budget, into the headers, and a word to whoever watches soft marks. */
  function noticeBudgets(
    spending: readonly Spending[],
    owners: readonly Owner[],
    headers: Record<string, string>,
  ): void {
    let left = Infinity
    const soft: string[] = []
    for (const row of spending) {
      const owner = owners.find((candidate) => candidate.scope === row.scope)
      const budget = owner?.limits.budget
      if (!owner || !budget) continue
      const used = row.spentNanoCredits + row.heldNanoCredits
      left = Math.min(left, budget.maxNanoCredits - used)
      if (budget.softNanoCredits !== undefined && used >= budget.softNanoCredits) {
        soft.push(owner.scope)
        options.onSoftBudget?.(owner, row)
      }
    }
    if (left !== Infinity)
      headers['x-jetway-budget-remaining-credits'] = String(creditsFromNano(left))
    if (soft.length > 0)
      headers['x-jetway-budget-warning'] = soft.join(', ').replace(UNPRINTABLE, '?')
  }
}

/** Those a call counts against, their limits, and their budgets at a time. */
interface Demanded {
  readonly owners: readonly Owner[]
  readonly demands: readonly Demand[]
  readonly accountsAt: (nowMs: number) => readonly BudgetDemand[]
}

const NO_ONE: Demanded = { owners: [], demands: [], accountsAt: () => [] }

/** Ids of calls, each its own among all processes that share a store. Not secret. */
function callIds(): () => string {
  const prefix = randomUUID()
  let last = 0
  return () => {
    last++
    return `${prefix}-${last}`
  }
}

/** A header takes these only; ids of users and teams may hold others. */
const UNPRINTABLE = /[^\x20-\x7e]/g

/** Whose models have bare names: a key for `gpt-4o` is none for another provider's model of that name. */
const BARE = 'github_copilot'

interface Asked {
  readonly call: { readonly model: string }
  readonly model: { readonly id: string }
  readonly provider: string
}

function namesOf({ call, model, provider }: Asked): readonly string[] {
  const bare = provider === BARE ? model.id : ''
  return [call.model, bare, `${provider}/${model.id}`].filter((name) => name !== '')
}

/** Models a caller names for the case that the first fails are no way around what its key may use. */
function refuseFallbacks(grant: Grant, names: readonly string[]): JetwayError | undefined {
  for (const name of names) {
    const bare = name.startsWith(`${BARE}/`) ? name.slice(BARE.length + 1) : name
    const refusal = refuseModel(grant, [name, bare])
    if (refusal) return refusal
  }
  return undefined
}

function tokensOf({ usage }: CallRecord): number | undefined {
  return usage && usage.inputTokens + usage.outputTokens
}

const NOTHING = { promptTokens: 0, promptNanoCredits: 0 }

/**
 * The answer had begun, and ended before the upstream said what it cost: a client that leaves just before the end must not
 * have its prompts for nothing.
 */
function wasBegun({ usage, timing, attempts }: CallRecord): boolean {
  if (usage !== undefined) return false
  return timing.firstByteMs !== undefined || attempts.some(({ status }) => status === 200)
}
