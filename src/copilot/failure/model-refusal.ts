import { BadRequestError, PermissionDeniedError } from '../../core/errors.ts'
import type { ErrorDetails } from '../../core/errors.ts'
import type { WireName } from '../../core/model.ts'
import type { Failure, Refusal } from '../../core/upstream.ts'
import type { ErrorBody } from './error-body.ts'

/** What is known of a model beside the refusal. */
export interface ModelKnowledge {
  /** A policy that is not accepted, as the catalogue last said; `undefined` when there is nothing to accept. */
  openPolicy(
    model: string,
  ): { readonly state: string; readonly terms?: string | undefined } | undefined
  /** Whether another wire than this one is worth a try. */
  hasOtherWire(model: string, wire: WireName): boolean
  readonly acceptPolicies: boolean
}

const WRONG_WIRE =
  /is not accessible via the |not supported (?:for|via) this (?:request|endpoint|api)/i

/** The model exists, but not for this person, or not on this wire. */
export function readModelRefusal(
  { model, wire }: Refusal,
  said: ErrorBody,
  details: ErrorDetails,
  known: ModelKnowledge,
): Failure | undefined {
  const { code, message } = said
  const wrongWire = code === 'unsupported_api_for_model' || WRONG_WIRE.test(message)
  const unsupported = code === 'model_not_supported'
  if (!wrongWire && !unsupported) return undefined
  const policy = wrongWire ? undefined : known.openPolicy(model)
  if (policy) {
    const error = policyError(model, policy, details)
    return policy.state !== 'disabled' && known.acceptPolicies
      ? { error, mend: { kind: 'accept-policy', model } }
      : { error }
  }
  const text = message || `GitHub Copilot does not serve ${model} here.`
  if (known.hasOtherWire(model, wire)) {
    return { error: new BadRequestError(text, details), mend: { kind: 'other-wire', wire, model } }
  }
  const hint = `${model} may not be part of the plan, or be switched off by the organization: see \`jetway models\`.`
  return { error: new BadRequestError(`${text} ${hint}`, details) }
}

function policyError(
  model: string,
  policy: { readonly state: string; readonly terms?: string | undefined },
  details: ErrorDetails,
): PermissionDeniedError {
  const how =
    policy.state === 'disabled'
      ? 'It is switched off: enable it at https://github.com/settings/copilot/features, or ask the organization.'
      : 'Accept it at https://github.com/settings/copilot/features, or set accept_policies in the configuration to have it accepted on the way.'
  const terms = policy.terms ? ` Its terms: ${policy.terms}` : ''
  const text = `The policy of ${model} is not accepted (${policy.state}). ${how}${terms}`
  return new PermissionDeniedError(text, { ...details, code: 'policy_not_accepted' })
}
