import type {
  Audio,
  Content,
  Document,
  Image,
  Refusal,
  Text,
  ToolResult,
} from '../../core/conversation.ts'
import { asArray, asObject, asString, type JsonValue } from '../../core/json.ts'
import { parseDataUri } from '../chat/data-uri.ts'
import { optionalString, requireObject, requiredString, wrongField } from '../fields/read-fields.ts'
import type { ContentPart } from './types.ts'

/** A message's `content`. */
export function decodeContent(content: JsonValue | undefined, at: string): Content[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (content === undefined || content === null) return []
  if (!Array.isArray(content)) throw wrongField(at, 'a string or a list of parts', content)
  return content.map((part, index) => decodePart(part, `${at}[${index}]`))
}

type PartContent = Text | Image | Document | Audio | Refusal

function decodePart(value: JsonValue, at: string): PartContent {
  if (typeof value === 'string') return { type: 'text', text: value }
  const part = requireObject(value, at)
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
    case 'reasoning_text': {
      const annotations = asArray((part as ContentPart).annotations)
      return {
        type: 'text',
        text: requiredString(part, 'text', `${at}.`),
        ...(annotations.length > 0 ? { annotations } : {}),
      }
    }
    case 'refusal':
      return { type: 'refusal', text: requiredString(part, 'refusal', `${at}.`) }
    case 'input_image':
      return decodeImage(part, at)
    case 'input_file':
      return decodeFile(part, at)
    case 'input_audio':
      return decodeAudio(part, at)
    default:
      throw wrongField(
        `${at}.type`,
        'input_text, output_text, refusal, input_image, input_file or input_audio',
        part['type'],
      )
  }
}

function decodeImage(part: ContentPart, at: string): Image {
  const url = asString(part.image_url)
  if (url === undefined) {
    throw wrongField(
      `${at}.image_url`,
      'a URL or a data URI (files by id cannot be read here)',
      part.image_url,
    )
  }
  const detail = asString(part.detail)
  return {
    type: 'image',
    source: parseDataUri(url) ?? { kind: 'url', url },
    ...(detail === undefined ? {} : { detail }),
  }
}

function decodeFile(part: ContentPart, at: string): Document {
  const filename = asString(part.filename)
  const name = filename === undefined ? {} : { filename }
  const url = asString(part.file_url)
  if (url !== undefined) {
    return { type: 'document', source: parseDataUri(url) ?? { kind: 'url', url }, ...name }
  }
  const data = asString(part.file_data)
  if (data === undefined) {
    throw wrongField(
      `${at}.file_data`,
      'base64 or a data URI (files by id cannot be read here)',
      part.file_data,
    )
  }
  const source = parseDataUri(data) ?? { kind: 'data', mediaType: 'application/pdf', data }
  return { type: 'document', source, ...name }
}

function decodeAudio(part: ContentPart, at: string): Audio {
  const audio = requireObject(part.input_audio, `${at}.input_audio`)
  const format = optionalString(audio, 'format', `${at}.input_audio.`) ?? 'wav'
  const data = requiredString(audio, 'data', `${at}.input_audio.`)
  const mediaType = format === 'mp3' ? 'audio/mpeg' : `audio/${format}`
  return { type: 'audio', source: { kind: 'data', mediaType, data } }
}

/** The `output` of a call's result: text, a list of parts, or whatever JSON a program put there. */
export function decodeOutput(output: JsonValue | undefined, at: string): ToolResult['content'] {
  if (typeof output === 'string') return [{ type: 'text', text: output }]
  if (output === undefined || output === null) return []
  if (!Array.isArray(output)) return [{ type: 'text', text: JSON.stringify(output) }]
  return output.map((part, index) => {
    const type = asObject(part)?.['type']
    const known = typeof part === 'string' || OUTPUT_PARTS.has(type)
    const decoded = known ? decodePart(part, `${at}[${index}]`) : undefined
    return decoded?.type === 'text' || decoded?.type === 'image' || decoded?.type === 'document'
      ? decoded
      : { type: 'text', text: JSON.stringify(part) }
  })
}

const OUTPUT_PARTS: ReadonlySet<JsonValue | undefined> = new Set([
  'input_text',
  'output_text',
  'text',
  'input_image',
  'input_file',
])
