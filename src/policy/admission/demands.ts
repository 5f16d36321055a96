import type { BudgetDemand } from '../budgets/budget-store.ts'
import { periodAt } from '../budgets/period.ts'
import type { Grant, Limits } from '../keys/key.ts'
import type { Demand } from '../limits/limit-store.ts'

/** One of those a call counts against, and how it is called in messages. */
export interface Owner {
  readonly scope: string
  /** `the key ci` */
  readonly label: string
  readonly limits: Limits
}

export function ownersOf({ key, user, team }: Grant): readonly Owner[] {
  const owners: Owner[] = [
    { scope: `key:${key.id}`, label: `the key ${key.alias ?? key.display}`, limits: key.limits },
  ]
  if (user)
    owners.push({ scope: `user:${user.id}`, label: `the user ${user.id}`, limits: user.limits })
  if (team)
    owners.push({ scope: `team:${team.id}`, label: `the team ${team.id}`, limits: team.limits })
  return owners
}

export function limitDemands(owners: readonly Owner[]): readonly Demand[] {
  return owners.flatMap(({ scope, limits: { requestsPerMinute, tokensPerMinute, parallel } }) =>
    requestsPerMinute === undefined && tokensPerMinute === undefined && parallel === undefined
      ? []
      : [{ scope, requestsPerMinute, tokensPerMinute, parallel }],
  )
}

/** The budgets as they stand at a time: made anew only when one of their periods is over. */
export function budgetDemands(
  owners: readonly Owner[],
): (nowMs: number) => readonly BudgetDemand[] {
  let demands: readonly BudgetDemand[] = []
  let fromMs = Infinity
  let untilMs = -Infinity
  return (nowMs) => {
    // A clock that is set back may be in the period before.
    if (nowMs >= fromMs && nowMs < untilMs) return demands
    fromMs = -Infinity
    untilMs = Infinity
    demands = owners.flatMap(({ scope, limits: { budget } }) => {
      if (budget === undefined) return []
      const { startMs, endMs = Infinity } = periodAt(budget.period, nowMs)
      fromMs = Math.max(fromMs, startMs)
      untilMs = Math.min(untilMs, endMs)
      return [{ scope, periodStartMs: startMs, maxNanoCredits: budget.maxNanoCredits }]
    })
    return demands
  }
}
