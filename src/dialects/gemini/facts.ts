import type { RequestFacts, RequestPath } from '../../core/dialect.ts'
import { asArray, asNumber, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { wrongField } from '../fields/read-fields.ts'
import { member } from './member.ts'
import { modelOf } from './model-path.ts'

export function readFacts(body: JsonObject, path: RequestPath, stream: boolean): RequestFacts {
  const value = body['contents']
  const contents = Array.isArray(value) ? value : isJsonObject(value) ? [value] : []
  if (contents.length === 0)
    throw wrongField('contents', 'a list of at least one content', value ?? undefined)
  const last = asObject(contents.at(-1))
  const config = asObject(member(body, 'generationConfig'))
  return {
    model: modelOf(path, body),
    stream,
    ...lastTurnOf(last),
    hasImages: contents.some((content) => holdsImage(asObject(content))),
    maxOutputTokens: asNumber(config && member(config, 'maxOutputTokens')),
  }
}

/** A result of a function is not the user speaking, though it stands under the user's role. */
function lastTurnOf(
  content: JsonObject | undefined,
): Pick<RequestFacts, 'lastTurn' | 'lastTurnReason'> {
  const role = asString(content?.['role']) ?? 'user'
  if (role !== 'user')
    return { lastTurn: 'agent', lastTurnReason: 'the last content is not the user’s' }
  const parts = partsOf(content).filter((part) => isJsonObject(part))
  const onlyResults =
    parts.length > 0 && parts.every((part) => member(part, 'functionResponse') !== undefined)
  return onlyResults
    ? { lastTurn: 'agent', lastTurnReason: 'the last content holds results of functions' }
    : { lastTurn: 'user', lastTurnReason: 'the last content is the user’s' }
}

function holdsImage(content: JsonObject | undefined): boolean {
  return partsOf(content).some((part) => {
    if (!isJsonObject(part)) return false
    const blob = asObject(member(part, 'inlineData')) ?? asObject(member(part, 'fileData'))
    if (blob !== undefined) return asString(member(blob, 'mimeType'))?.startsWith('image/') ?? false
    const response = asObject(member(part, 'functionResponse'))
    return response !== undefined && holdsImage(response)
  })
}

/** One part may stand for the list. */
function partsOf(content: JsonObject | undefined): readonly JsonValue[] {
  const parts = content?.['parts']
  return isJsonObject(parts) ? [parts] : asArray(parts)
}
