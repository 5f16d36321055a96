import type { RequestFacts } from '../../core/dialect.ts'
import { asArray, asNumber, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { optionalArray, optionalBoolean, optionalString } from '../fields/read-fields.ts'

/** Clients add the tag `latest` to a name that has none. */
export function modelName(body: JsonObject): string {
  const name = optionalString(body, 'model') ?? optionalString(body, 'name') ?? ''
  return name.replace(/:latest$/, '')
}

/** Ollama streams unless it is told not to. */
export function wantsStream(body: JsonObject): boolean {
  return optionalBoolean(body, 'stream') ?? true
}

export function readChatFacts(body: JsonObject): RequestFacts {
  const messages = optionalArray(body, 'messages') ?? []
  const role = asString(asObject(messages.at(-1))?.['role'])
  return {
    ...readCommonFacts(body),
    lastTurn: role === 'user' ? 'user' : 'agent',
    lastTurnReason: `the last message has the role ${role === undefined ? 'of nobody' : role.slice(0, 20)}`,
    hasImages: messages.some((message: JsonValue) => isJsonObject(message) && hasImages(message)),
  }
}

export function readGenerateFacts(body: JsonObject): RequestFacts {
  return {
    ...readCommonFacts(body),
    lastTurn: 'user',
    lastTurnReason: 'a prompt is one turn of the user',
    hasImages: hasImages(body),
  }
}

export function readEmbedFacts(body: JsonObject): RequestFacts {
  return {
    model: modelName(body),
    stream: false,
    lastTurn: 'user',
    lastTurnReason: 'an embedding is asked for, nobody speaks',
    hasImages: false,
  }
}

function readCommonFacts(
  body: JsonObject,
): Pick<RequestFacts, 'model' | 'stream' | 'maxOutputTokens'> {
  const most = asNumber(asObject(body['options'])?.['num_predict'])
  return {
    model: modelName(body),
    stream: wantsStream(body),
    maxOutputTokens: most !== undefined && most > 0 ? most : undefined,
  }
}

function hasImages(holder: JsonObject): boolean {
  return asArray(holder['images']).length > 0
}
