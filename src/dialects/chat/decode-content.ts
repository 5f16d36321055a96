import type { CacheHint, Content, Text } from '../../core/conversation.ts'
import { asObject, asString } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { optionalString, requiredString, requireObject, wrongField } from '../fields/read-fields.ts'
import { parseDataUri } from './data-uri.ts'

/** A message's `content`: a text, a list of parts, or nothing. The message's own cache mark belongs to its last part. */
export function decodeContent(message: JsonObject, at: string): readonly Content[] {
  const content = message['content']
  const mark = cacheHint(message)
  if (content === undefined || content === null) return []
  if (typeof content === 'string')
    return content === '' ? [] : [textOf(content, mark === undefined ? undefined : mark)]
  if (!Array.isArray(content))
    throw wrongField(`${at}content`, 'a text or a list of parts', content)
  const parts = content.map((part, index) => decodePart(part, `${at}content[${index}]`))
  const last = parts.at(-1)
  if (mark !== undefined && last !== undefined && 'type' in last && isMarkable(last))
    parts[parts.length - 1] = { ...last, cache: mark }
  return parts
}

function decodePart(value: JsonValue, at: string): Content {
  if (typeof value === 'string') return textOf(value, undefined)
  const part = requireObject(value, at)
  const cache = cacheHint(part)
  const marked = cache === undefined ? {} : { cache }
  switch (part['type']) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return textOf(requiredString(part, 'text', `${at}.`), cache)
    case 'image_url':
      return { ...decodeImage(part, at), ...marked }
    case 'input_audio': {
      const audio = requireObject(part['input_audio'], `${at}.input_audio`)
      const format = optionalString(audio, 'format', `${at}.input_audio.`) ?? 'wav'
      const data = requiredString(audio, 'data', `${at}.input_audio.`)
      const mediaType = format === 'mp3' ? 'audio/mpeg' : `audio/${format}`
      return { type: 'audio', source: { kind: 'data', mediaType, data } }
    }
    case 'file':
      return { ...decodeFile(part, at), ...marked }
    case 'refusal':
      return { type: 'refusal', text: requiredString(part, 'refusal', `${at}.`) }
    case undefined:
      throw wrongField(`${at}.type`, 'the kind of the part', undefined)
    default:
      return { type: 'opaque', origin: 'chat', value: part }
  }
}

function decodeImage(part: JsonObject, at: string): Content & { readonly type: 'image' } {
  const value = part['image_url']
  const object =
    typeof value === 'string' ? { url: value } : requireObject(value, `${at}.image_url`)
  const url = requiredString(object, 'url', `${at}.image_url.`)
  const detail = asString(object['detail'])
  return {
    type: 'image',
    source: parseDataUri(url) ?? { kind: 'url', url },
    ...(detail === undefined ? {} : { detail }),
  }
}

function decodeFile(
  part: JsonObject,
  at: string,
): Content & { readonly type: 'document' | 'opaque' } {
  const file = requireObject(part['file'], `${at}.file`)
  const filename = optionalString(file, 'filename', `${at}.file.`)
  const data = optionalString(file, 'file_data', `${at}.file.`)
  if (data === undefined) return { type: 'opaque', origin: 'chat', value: part }
  const source = parseDataUri(data) ?? {
    kind: 'data' as const,
    mediaType: 'application/pdf',
    data,
  }
  return { type: 'document', source, ...(filename === undefined ? {} : { filename }) }
}

function textOf(text: string, cache: CacheHint | undefined): Text {
  return cache === undefined ? { type: 'text', text } : { type: 'text', text, cache }
}

/** `copilot_cache_control` on messages is Copilot's, `cache_control` on parts what LiteLLM's users write. */
export function cacheHint(holder: JsonObject): CacheHint | undefined {
  const mark = asObject(holder['copilot_cache_control']) ?? asObject(holder['cache_control'])
  if (mark === undefined) return undefined
  const ttl = asString(mark['ttl'])
  return ttl === undefined ? {} : { ttl }
}

function isMarkable(
  content: Content,
): content is Content & { readonly type: 'text' | 'image' | 'document' } {
  return content.type === 'text' || content.type === 'image' || content.type === 'document'
}
