import { asArray, asObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import type { GenerateWire } from '../fidelity/table.ts'

/**
 * Whether tools of other kinds than functions reach a model over a wire: custom ones on OpenAI's two, namespaces on
 * /responses. No catalogue says which models take them there; vendors other than OpenAI have none on chat, xAI none at all.
 */
export function takesOnlyFunctions(wire: GenerateWire, { vendor }: Model): boolean {
  if (wire === 'messages') return true
  return wire === 'chat' ? !/openai/i.test(vendor) : /^xai$/i.test(vendor)
}

/**
 * Whether a body in the wire's own form offers tools that this model would refuse and that can be functions: told without
 * decoding, so that a request that offers none is passed on as it is.
 */
export function offersOtherTools(
  body: JsonObject,
  wire: GenerateWire,
  onlyFunctions: boolean,
): boolean {
  return wire !== 'messages' && asArray(body['tools']).some((tool) => isOther(tool, onlyFunctions))
}

/** A shell of the client's own, of which only OpenAI's smallest coding model knew the form. */
export function offersLocalShell(request: JsonObject): boolean {
  return asArray(request['tools']).some((tool) => asObject(tool)?.['type'] === 'local_shell')
}

function isOther(tool: JsonValue, onlyFunctions: boolean): boolean {
  const type = asObject(tool)?.['type']
  if (type === 'local_shell') return true
  return onlyFunctions && (type === 'custom' || type === 'namespace')
}
