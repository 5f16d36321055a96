import type { RequestFacts } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { optionalString } from '../fields/read-fields.ts'

export function readFacts(body: JsonObject): RequestFacts {
  return {
    model: optionalString(body, 'model') ?? '',
    stream: false,
    lastTurn: 'user',
    lastTurnReason: 'an embedding is asked for, nobody speaks',
    hasImages: false,
  }
}
