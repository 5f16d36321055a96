import type { DialectName } from '../../core/call.ts'
import type { DataSource } from '../../core/conversation.ts'
import { asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { dataUri } from '../chat/data-uri.ts'
import { member } from '../gemini/member.ts'

/** What to put in place of an image that is given by its address; `undefined` leaves it. */
export type ReplaceImage = (url: string) => DataSource | undefined

/**
 * The request with the images that it names by `http(s)` address replaced, in the dialect's own form, so that a relay and a
 * translation see the same. Looks only where the dialect has images, never into texts, tool arguments or schemas. What
 * does not change is shared with the original; a request without any comes back as the very same object.
 */
export function mapImageUrls(
  dialect: DialectName,
  body: JsonObject,
  replace: ReplaceImage,
): JsonObject {
  switch (dialect) {
    case 'chat':
      return mapList(body, 'messages', (message) => mapList(message, 'content', chatPart(replace)))
    case 'responses':
      return mapList(body, 'input', (item) => {
        const part = chatPart(replace)
        return mapList(mapList(item, 'content', part), 'output', part)
      })
    case 'messages':
      return mapList(body, 'messages', (message) => mapList(message, 'content', block(replace)))
    case 'gemini':
      return mapList(body, 'contents', (content) => mapList(content, 'parts', geminiPart(replace)))
    // Their images, where they have any, are data.
    case 'completions':
    case 'ollama':
    case 'embeddings':
      return body
  }
}

type MapObject = (object: JsonObject) => JsonObject

function mapList(holder: JsonObject, name: string, map: MapObject): JsonObject {
  const list = holder[name]
  // Where a list is wanted, Google takes one entry, too.
  if (isJsonObject(list)) {
    const mapped = map(list)
    return mapped === list ? holder : { ...holder, [name]: mapped }
  }
  if (!Array.isArray(list)) return holder
  let changed: JsonValue[] | undefined
  for (const [index, entry] of list.entries()) {
    if (!isJsonObject(entry)) continue
    const mapped = map(entry)
    if (mapped === entry) continue
    changed ??= [...list]
    changed[index] = mapped
  }
  return changed === undefined ? holder : { ...holder, [name]: changed }
}

/** Chat's `image_url` is an object or a text, the `input_image` of responses has a text under the same name. */
function chatPart(replace: ReplaceImage): MapObject {
  return (part) => {
    if (part['type'] !== 'image_url' && part['type'] !== 'input_image') return part
    const value = part['image_url']
    const source = replaced(isJsonObject(value) ? value['url'] : value, replace)
    if (source === undefined) return part
    const url = dataUri(source)
    return { ...part, image_url: isJsonObject(value) ? { ...value, url } : url }
  }
}

function block(replace: ReplaceImage): MapObject {
  const map: MapObject = (content) => {
    if (content['type'] === 'tool_result') return mapList(content, 'content', map)
    const given = content['source']
    if (content['type'] !== 'image' || !isJsonObject(given) || given['type'] !== 'url') {
      return content
    }
    const source = replaced(given['url'], replace)
    if (source === undefined) return content
    const { mediaType, data } = source
    return { ...content, source: { type: 'base64', media_type: mediaType, data } }
  }
  return map
}

/** A file that says it is something else than an image is not one; one that says nothing may be. */
function geminiPart(replace: ReplaceImage): MapObject {
  return (part) => {
    const file = member(part, 'fileData')
    if (!isJsonObject(file)) return part
    const type = asString(member(file, 'mimeType')) ?? ''
    if (type !== '' && !type.startsWith('image/')) return part
    const source = replaced(member(file, 'fileUri'), replace)
    if (source === undefined) return part
    const { fileData: _camel, file_data: _snake, ...rest } = part
    return { ...rest, inlineData: { mimeType: source.mediaType, data: source.data } }
  }
}

function replaced(url: JsonValue | undefined, replace: ReplaceImage): DataSource | undefined {
  return typeof url === 'string' && /^https?:/i.test(url) ? replace(url) : undefined
}
