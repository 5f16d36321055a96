import type { Conversation } from '../../core/conversation.ts'
import type { EmbeddingRequest } from '../../core/embedding.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Rewrite } from '../../core/plan.ts'
import type { Restorer } from '../../dialects/healing/index.ts'

/** A request's body before the vendor's own changes. */
export interface DraftBody {
  readonly body: JsonObject
  readonly conversation: Conversation | undefined
  readonly embedding: EmbeddingRequest | undefined
  readonly restore: Restorer | undefined
  readonly rewrites: readonly Rewrite[]
  readonly degraded: readonly string[]
  /** The bytes to send, with the vendor's changes on top. */
  print(edits: ReadonlyMap<string, JsonValue | undefined>): Uint8Array
}

export function withEdits(
  body: JsonObject,
  edits: ReadonlyMap<string, JsonValue | undefined>,
): JsonObject {
  const edited: JsonObject = { ...body }
  for (const [field, value] of edits) edited[field] = value
  return edited
}

/** Without a new list where one of them is empty, as both mostly are. */
export function joined<T>(first: readonly T[], second: readonly T[]): readonly T[] {
  if (first.length === 0) return second
  return second.length === 0 ? first : [...first, ...second]
}
