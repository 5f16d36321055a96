import {
  BadRequestError,
  ContentPolicyViolationError,
  ContextWindowExceededError,
  PayloadTooLargeError,
  UnprocessableEntityError,
} from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { Mend } from '../../core/upstream.ts'
import { healRelayed } from '../plan/heal-relayed.ts'
import type { Outbound } from '../plan/outbound.ts'
import type { CallState } from './call-state.ts'

const HEAL: Mend = { kind: 'heal-request' }
/** How a vendor names the tools of a type that its model refused. */
const REFUSED_KIND = /^tools: (?:custom|namespace)$/

/**
 * A request that was passed on in its own form is not looked at before: where the upstream refuses it, and healing finds
 * something to mend, it is sent once more with that mended. The upstream's words are not asked what is wrong, as every
 * vendor has others; a refusal that had another reason costs one more, which is not billed.
 */
export function healingMend(
  state: CallState,
  { plan, model }: Outbound,
  error: JetwayError,
  mend: Mend | undefined,
): Mend | undefined {
  if (mend?.kind === 'drop-parameter' && REFUSED_KIND.test(mend.name)) {
    // Better another form of a tool than none.
    return { kind: 'heal-request', onlyFunctions: mend.model }
  }
  if (mend !== undefined) return mend
  const { call, dialect, decoded, house } = state
  const relayed = dialect.operation === 'generate' && dialect.wire === plan.wire
  // Who asks for strictness wants the refusal.
  if (!relayed || call.options.strict === true || !isAboutTheBody(error)) return undefined
  const wire = house.wires.get(plan.wire)
  if (wire === undefined) return undefined
  try {
    return healRelayed(call.body.json, decoded.conversation(), wire, model) && HEAL
  } catch {
    // What the dialect cannot read is refused in the upstream's words.
    return undefined
  }
}

/** Refusals that another form of the same conversation would meet again. */
const OF_SOMETHING_ELSE: ReadonlySet<string | undefined> = new Set([
  'model_not_supported',
  'unsupported_api_for_model',
  'previous_response_not_found',
])

function isAboutTheBody(error: JetwayError): boolean {
  if (
    error instanceof ContextWindowExceededError ||
    error instanceof ContentPolicyViolationError ||
    OF_SOMETHING_ELSE.has(error.code)
  ) {
    return false
  }
  return (
    error instanceof BadRequestError ||
    error instanceof PayloadTooLargeError ||
    error instanceof UnprocessableEntityError
  )
}
