import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Rewrite } from '../../core/plan.ts'

/** Collects what is changed in a body, and why; an untouched body stays the caller's own bytes. */
export interface Changes {
  readonly edits: ReadonlyMap<string, JsonValue | undefined>
  readonly rewrites: readonly Rewrite[]
  readonly degraded: readonly string[]
  /** The field as it stands after the changes so far. */
  get(field: string): JsonValue | undefined
  set(field: string, value: JsonValue, action: Rewrite['action'], reason: string): void
  remove(field: string, reason: string): void
  /** What the caller loses by it. */
  lose(name: string): void
  note(rewrite: Rewrite): void
}

export function createChanges(body: JsonObject): Changes {
  const edits = new Map<string, JsonValue | undefined>()
  const rewrites: Rewrite[] = []
  const degraded: string[] = []
  return {
    edits,
    rewrites,
    degraded,
    get: (field) => (edits.has(field) ? edits.get(field) : body[field]),
    set(field, value, action, reason) {
      edits.set(field, value)
      rewrites.push({ field, action, reason })
    },
    remove(field, reason) {
      if (body[field] === undefined) edits.delete(field)
      else edits.set(field, undefined)
      rewrites.push({ field, action: 'removed', reason })
    },
    lose(name) {
      if (!degraded.includes(name)) degraded.push(name)
    },
    note(rewrite) {
      rewrites.push(rewrite)
    },
  }
}
