import type { Place } from '../../core/upstream.ts'
import type { Route, Target } from '../resolve/target.ts'
import type { CallState } from './call-state.ts'

/** An address and key that came with the call are for the provider it named, not for its fallbacks'. */
export function placeOf(
  { call }: CallState,
  { provider, deployment }: Target,
  asked: Route,
): Place {
  const named = asked.targets.some((target) => target.provider === provider)
  const { apiBase, apiKey } = named ? call.options : NO_OPTIONS
  return {
    seat: call.caller.seat,
    apiBase: apiBase ?? deployment?.apiBase,
    apiKey: apiKey ?? deployment?.apiKey,
  }
}

const NO_OPTIONS = { apiBase: undefined, apiKey: undefined }
