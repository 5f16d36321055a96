import type { StreamOptions } from '../../core/dialect.ts'
import {
  asArray,
  asObject,
  asString,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../core/json.ts'
import { createIdMaker, isUsualId } from './item-ids.ts'
import { toolsOf } from './response-frame.ts'

/** OpenAI sends them, Open Responses (https://www.openresponses.org/specification) requires them, Copilot leaves them out. */
const PENALTIES = ['presence_penalty', 'frequency_penalty']
const TOOL_FIELDS = ['description', 'parameters', 'strict']

/** Gives a response and its items the same ids and name wherever they appear; see `item-ids.ts`. */
export interface ResponseMender {
  /** Whether anything had to change. The objects are changed in place. */
  response(response: JsonObject): boolean
  item(index: number, item: JsonObject): boolean
  /** The id of an item that was seen before. */
  idOf(index: number): string | undefined
}

export function createResponseMender(options: StreamOptions): ResponseMender {
  const ids = createIdMaker(options.requestId, options.nowMs)
  const items = new Map<number, string>()
  let responseId: string | undefined

  const set = (holder: JsonObject, name: string, value: JsonValue): boolean => {
    if (holder[name] === value) return false
    holder[name] = value
    return true
  }

  const mendItem = (index: number, item: JsonObject): boolean => {
    const own = asString(item['id'])
    const id = items.get(index) ?? (own && isUsualId(own) ? own : ids.item(item['type'], index))
    items.set(index, id)
    return set(item, 'id', id)
  }

  return {
    item: mendItem,
    response(response) {
      const own = asString(response['id'])
      responseId ??= own && isUsualId(own) ? own : ids.response
      let changed = set(response, 'id', responseId)
      if (options.model !== undefined) changed = set(response, 'model', options.model) || changed
      for (const name of PENALTIES) {
        if (response[name] === undefined) changed = set(response, name, 0)
      }
      if (asArray(response['tools']).some(lacksFields)) {
        changed = set(response, 'tools', toolsOf(response['tools']))
      }
      for (const [index, item] of asArray(response['output']).entries()) {
        if (isJsonObject(item) && mendItem(index, item)) changed = true
      }
      // A convenience that some SDKs fill in; as null it hides theirs.
      if (response['output_text'] === null) {
        changed = set(response, 'output_text', outputText(response)) || changed
      }
      return changed
    },
    idOf: (index) => items.get(index),
  }
}

function lacksFields(tool: JsonValue): boolean {
  const fields = asObject(tool)
  return fields?.['type'] === 'function' && TOOL_FIELDS.some((name) => fields[name] === undefined)
}

function outputText(response: JsonObject): string {
  return asArray(response['output'])
    .flatMap((item) => asArray(asObject(item)?.['content']))
    .flatMap((part) => {
      const fields = asObject(part)
      return fields?.['type'] === 'output_text' ? (asString(fields['text']) ?? '') : []
    })
    .join('')
}
