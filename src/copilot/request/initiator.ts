import type { Initiator } from '../../core/plan.ts'
import type { Draft } from '../../core/upstream.ts'

const REPEATED: Initiator = { value: 'agent', reason: "a repeated attempt is never the user's own" }
const BY_CALLER: ReadonlyMap<string, Initiator> = new Map([
  ['user', { value: 'user', reason: 'the caller says so (x-initiator)' }],
  ['agent', { value: 'agent', reason: 'the caller says so (x-initiator)' }],
])

/** Who started this turn, as the official clients tell it: by the last turn, unless the caller knows better. */
export function initiatorOf({ attempt, callerHeaders, extraHeaders, facts }: Draft): Initiator {
  if (attempt > 1) return REPEATED
  const said = extraHeaders['x-initiator'] ?? callerHeaders.get('x-initiator')
  const known = said === undefined ? undefined : BY_CALLER.get(said.trim().toLowerCase())
  return known ?? { value: facts.lastTurn, reason: facts.lastTurnReason }
}
