import type { StreamOptions } from '../../core/dialect.ts'
import { asNumber, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'

/** Id, time and model of an answer. Copilot leaves them empty or out on some chunks, and clients expect one for the whole stream. */
export interface ChunkIdentity {
  readonly id: string
  readonly created: number
  readonly model: string
}

/** Taken from the first chunk that speaks of the answer; what is missing there is filled in. */
export function identityOf(body: JsonObject, options: StreamOptions): ChunkIdentity {
  return {
    id: asString(body['id']) || `chatcmpl-${options.requestId}`,
    created: asNumber(body['created']) || Math.floor(options.nowMs / 1000),
    model: options.model ?? asString(body['model']) ?? '',
  }
}

/** Sets the members that are missing or differ; true when something changed. */
export function applyIdentity(body: JsonObject, object: string, identity: ChunkIdentity): boolean {
  const { id, created, model } = identity
  if (
    body['object'] === object &&
    body['id'] === id &&
    body['created'] === created &&
    body['model'] === model
  )
    return false
  Object.assign(body, { id, object, created, model })
  return true
}

export const CHUNK_OBJECT = 'chat.completion.chunk'

export function chunkWith(
  identity: ChunkIdentity,
  choices: readonly JsonObject[],
  more: JsonObject = {},
): JsonObject {
  const { id, created, model } = identity
  return { id, object: CHUNK_OBJECT, created, model, choices: [...choices], ...more }
}
