import type { RequestRepair } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { withoutForeignReasoning } from './foreign-reasoning.ts'
import { withoutItemIds } from './item-ids.ts'

/** Item ids are made stable on the way out, so that upstream does not know them; reasoning of other models is refused. */
export function repairRequest({ input }: JsonObject): readonly RequestRepair[] {
  if (!Array.isArray(input)) return []
  const own = withoutForeignReasoning(input)
  const value = withoutItemIds(own)
  if (value === input) return []
  if (own === input) {
    return [{ field: 'input', value, reason: 'the ids of items are ours, and not known upstream' }]
  }
  const reason = 'reasoning of another model is no use to this one, and refused'
  return [{ field: 'input', value, reason, loses: 'reasoning' }]
}
