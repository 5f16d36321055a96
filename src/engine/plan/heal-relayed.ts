import type { Conversation } from '../../core/conversation.ts'
import type { Wire } from '../../core/dialect.ts'
import { asObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Model, WireName } from '../../core/model.ts'
import { heal, offersLocalShell } from '../../dialects/healing/index.ts'
import type { Healed, Restorer } from '../../dialects/healing/index.ts'

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
  onlyFunctions?: boolean,
): RelayedHealing | undefined {
  if (!isGenerateWire(wire.name)) return undefined
  const healed = heal(conversation, wire.name, model, onlyFunctions)
  const shell = wire.name === 'responses' && offersLocalShell(body)
  if (healed.conversation === conversation && !shell) return undefined
  // Names are mapped back part by part, which is done for one answer.
  if (healed.restore !== undefined && (conversation.candidates ?? 1) > 1) return undefined
  const before = wire.encodeRequest(conversation, model).body
  const after = wire.encodeRequest(healed.conversation, model).body
  if (shell) return withoutShell(body, after, healed)
  const members = new Map<string, JsonValue | undefined>()
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (isSame(before[name], after[name])) continue
    members.set(name, withOwnEntries(body[name], before[name], after[name]) ?? after[name])
  }
  if (
    members.size > 0 &&
    [...members.keys()].every((name) => isAligned(body[name], before[name]))
  ) {
    return { members, degraded: healed.degraded, restore: healed.restore }
  }
  // The encoder puts some of it elsewhere, or leaves out by itself what is empty: then only the prompt as a whole is right.
  for (const name of PROMPT) {
    if (body[name] === undefined && after[name] === undefined) continue
    const own = name === 'tools' ? withOwnEntries(body[name], before[name], after[name]) : undefined
    members.set(name, own ?? after[name])
  }
  return { members, degraded: healed.degraded, restore: healed.restore }
}

/** Decoding has made a function of the shell already; calls of it become the client's kind again where they are encoded. */
function withoutShell(body: JsonObject, after: JsonObject, healed: Healed): RelayedHealing {
  const members = new Map<string, JsonValue | undefined>()
  for (const name of [...PROMPT, 'tool_choice']) {
    if (body[name] !== undefined || after[name] !== undefined) members.set(name, after[name])
  }
  return { members, degraded: healed.degraded, restore: healed.restore ?? AS_IT_IS }
}

const AS_IT_IS: Restorer = { part: (part) => [part], answer: (answer) => answer }

/** What the model is told, on any wire; it may move from one of them to another. */
const PROMPT = ['messages', 'system', 'input', 'instructions', 'tools']

/** Entries that healing left alone, as the client wrote them; `undefined` where there is no telling which is which. */
function withOwnEntries(
  own: JsonValue | undefined,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): JsonValue | undefined {
  if (!Array.isArray(own) || !Array.isArray(before) || !Array.isArray(after)) return undefined
  if (!isAligned(own, before)) return undefined
  const written = new Map<string, JsonValue[]>()
  for (const [index, entry] of before.entries()) {
    const key = JSON.stringify(entry)
    const same = written.get(key) ?? []
    same.push(own[index] ?? null)
    written.set(key, same)
  }
  return after.map((entry) => written.get(JSON.stringify(entry))?.shift() ?? entry)
}

/** Each entry of a list was printed as one of the same kind; what is no list has nothing to mix up. */
function isAligned(own: JsonValue | undefined, before: JsonValue | undefined): boolean {
  if (!Array.isArray(own) || !Array.isArray(before))
    return !Array.isArray(before) || own === undefined
  return (
    own.length === before.length && own.every((entry, index) => isSameKind(entry, before[index]))
  )
}

function isSameKind(own: JsonValue, printed: JsonValue | undefined): boolean {
  const [one, other] = [asObject(own), asObject(printed)]
  if (one === undefined || other === undefined) return one === other
  // A message may leave out its type.
  return (
    one['role'] === other['role'] &&
    (one['type'] ?? other['type']) === (other['type'] ?? one['type'])
  )
}

function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

function isGenerateWire(name: WireName): name is Exclude<WireName, 'embeddings'> {
  return name !== 'embeddings'
}
