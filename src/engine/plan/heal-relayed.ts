import type { Conversation } from '../../core/conversation.ts'
import type { Wire } from '../../core/dialect.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Model, WireName } from '../../core/model.ts'
import { heal } from '../../dialects/healing/index.ts'
import type { Restorer } from '../../dialects/healing/index.ts'

export interface RelayedHealing {
  /** Top-level members, changed; `undefined` removes one. */
  readonly members: ReadonlyMap<string, JsonValue | undefined>
  readonly degraded: readonly string[]
  readonly restore: Restorer | undefined
}

/**
 * What healing changes of a request that was sent in its own form and refused; `undefined` when it finds nothing to mend. The
 * conversation is printed twice, as it is and healed, and only what differs goes into the body: fields that the hub has
 * no word for, and messages that were in order, stay the client's own.
 */
export function healRelayed(
  body: JsonObject,
  conversation: Conversation,
  wire: Wire,
  model: Model,
): RelayedHealing | undefined {
  if (!isGenerateWire(wire.name)) return undefined
  const healed = heal(conversation, wire.name, model)
  if (healed.conversation === conversation) return undefined
  // Names are mapped back part by part, which is done for one answer.
  if (healed.restore !== undefined && (conversation.candidates ?? 1) > 1) return undefined
  const before = wire.encodeRequest(conversation, model).body
  const after = wire.encodeRequest(healed.conversation, model).body
  const members = new Map<string, JsonValue | undefined>()
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (isSame(before[name], after[name])) continue
    members.set(name, withOwnEntries(body[name], before[name], after[name]))
  }
  // Some encoders leave out by themselves what is empty: then only the turns as a whole tell.
  for (const name of members.size === 0 ? ['messages', 'input'] : []) {
    if (after[name] !== undefined) members.set(name, after[name])
  }
  return { members, degraded: healed.degraded, restore: healed.restore }
}

/** Entries that healing left alone, as the client wrote them. */
function withOwnEntries(
  own: JsonValue | undefined,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): JsonValue | undefined {
  if (!Array.isArray(own) || !Array.isArray(before) || !Array.isArray(after)) return after
  // Without one entry for each there is no telling which is which.
  if (own.length !== before.length) return after
  const written = new Map<string, JsonValue[]>()
  for (const [index, entry] of before.entries()) {
    const key = JSON.stringify(entry)
    const same = written.get(key) ?? []
    same.push(own[index] ?? null)
    written.set(key, same)
  }
  return after.map((entry) => written.get(JSON.stringify(entry))?.shift() ?? entry)
}

function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

function isGenerateWire(name: WireName): name is Exclude<WireName, 'embeddings'> {
  return name !== 'embeddings'
}
