import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Rewrite } from '../../core/plan.ts'
import { spliceJson } from '../../core/splice.ts'
import { offersOtherTools, takesOnlyFunctions } from '../../dialects/healing/index.ts'
import { sdkDefaults } from './defaults.ts'
import { withEdits } from './draft-body.ts'
import type { DraftBody } from './draft-body.ts'
import { healRelayed } from './heal-relayed.ts'
import type { RelayedHealing } from './heal-relayed.ts'
import type { PlanInput } from './plan-input.ts'

/** The client's own bytes, with single members changed in place. */
export function ownBody(input: PlanInput, stream: boolean): DraftBody {
  const { call, dialect, facts, model, decoded } = input
  const { bytes, json } = call.body
  const own = new Map<string, JsonValue | undefined>()
  const rewrites: Rewrite[] = []
  if (json['model'] !== model.id) {
    own.set('model', model.id)
    const reason = json['model'] === undefined ? 'none was named' : "the upstream's own name"
    rewrites.push({ field: 'model', action: 'set', reason })
  }
  if (call.operation === 'generate' && (json['stream'] === true) !== stream)
    own.set('stream', stream)
  if (call.options.sdkDefaults === true && dialect.name === 'chat') {
    const defaults = sdkDefaults(json, facts, model)
    for (const [field, value] of defaults.edits) own.set(field, value)
    rewrites.push(...defaults.rewrites)
  }
  const degraded: string[] = []
  for (const repair of input.wires.get(input.choice.wire)?.repairRequest(json) ?? []) {
    own.set(repair.field, repair.value)
    rewrites.push({ field: repair.field, action: 'repaired', reason: repair.reason })
    if (repair.loses !== undefined) degraded.push(repair.loses)
  }
  const healing = healingOf(input, own.size === 0 ? json : withEdits(json, own))
  for (const [field, value] of healing?.members ?? []) {
    own.set(field, value)
    rewrites.push({ field, action: 'repaired', reason: 'refused as it was, and healed' })
  }
  degraded.push(...(healing?.degraded ?? []))
  const restore = healing?.restore
  return {
    body: own.size === 0 ? json : withEdits(json, own),
    conversation:
      stream === call.stream && restore === undefined ? undefined : decoded.conversation(),
    embedding: undefined,
    restore,
    rewrites,
    degraded,
    print(edits) {
      if (own.size === 0) return spliceJson(bytes, edits)
      for (const [field, value] of edits) own.set(field, value)
      return spliceJson(bytes, own)
    },
  }
}

/** After a refusal, and ahead of one that is certain: what is accepted is never decoded. */
function healingOf(input: PlanInput, body: JsonObject): RelayedHealing | undefined {
  const { call, choice, model, lessons, decoded } = input
  const refused = lessons.some(({ kind }) => kind === 'heal-request')
  const wire = input.wires.get(choice.wire)
  if (wire === undefined || call.operation !== 'generate' || choice.wire === 'embeddings') {
    return undefined
  }
  const onlyFunctions = input.onlyFunctions ?? takesOnlyFunctions(choice.wire, model)
  if (!refused && !offersOtherTools(body, choice.wire, onlyFunctions)) return undefined
  try {
    return healRelayed(body, decoded.conversation(), wire, model, onlyFunctions)
  } catch (error) {
    // What cannot be read is refused in the upstream's words.
    if (error instanceof BadRequestError) return undefined
    throw error
  }
}
