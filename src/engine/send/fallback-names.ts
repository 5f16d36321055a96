import type { CallOptions } from '../../core/call.ts'
import {
  ContentPolicyViolationError,
  ContextWindowExceededError,
  isRetryable,
} from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { RouterSettings } from '../../core/settings.ts'
import { isTargetsOwnRefusal } from '../balance/target-health.ts'

/** As LiteLLM's `max_fallbacks`: each one costs a call's time, and somebody's quota. */
const MOST = 5

/**
 * Which other models may answer a call that this one could not: the list for the kind of failure, else the general one,
 * else the default. The call's own list stands in for the general one. A request that is simply wrong has none.
 */
export function fallbackNames(
  error: JetwayError,
  group: string,
  options: CallOptions,
  router: RouterSettings,
): readonly string[] {
  const special = specialList(error, group, router)
  const general =
    options.fallbacks ??
    router.fallbacks.get(group) ??
    router.fallbacks.get('*') ??
    router.defaultFallbacks
  const names = special ?? (mayFallBack(error) ? general : [])
  return [...new Set(names)].filter((name) => name !== group).slice(0, MOST)
}

function specialList(
  error: JetwayError,
  group: string,
  router: RouterSettings,
): readonly string[] | undefined {
  if (error instanceof ContextWindowExceededError) return router.contextWindowFallbacks.get(group)
  if (error instanceof ContentPolicyViolationError) return router.contentPolicyFallbacks.get(group)
  return undefined
}

function mayFallBack(error: JetwayError): boolean {
  return (
    isRetryable(error) ||
    isTargetsOwnRefusal(error) ||
    error instanceof ContextWindowExceededError ||
    error instanceof ContentPolicyViolationError
  )
}
