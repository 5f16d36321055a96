import type {
  CacheHint,
  Content,
  Document,
  Image,
  ToolCall,
  ToolResult,
} from '../../core/conversation.ts'
import { isJsonObject, type JsonObject, tryParseJson } from '../../core/json.ts'
import { qualifiedName } from '../healing/qualified-name.ts'

/** A block of a request; `undefined` for what the wire does not take, which the fidelity table names. */
export function encodeBlock(content: Content): JsonObject | undefined {
  switch (content.type) {
    case 'text':
      // Blocks without a visible character are refused.
      if (!/\S/.test(content.text)) return undefined
      return { type: 'text', text: content.text, ...cacheControl(content.cache) }
    case 'refusal':
      return /\S/.test(content.text) ? { type: 'text', text: content.text } : undefined
    case 'image':
      return encodeImage(content)
    case 'document':
      return encodeDocument(content)
    case 'reasoning':
      return content.sealed?.origin === 'messages'
        ? encodeReasoning(content.text, content.sealed)
        : undefined
    case 'tool-call':
      return {
        type: 'tool_use',
        id: toolId(content.id),
        name: qualifiedName(content),
        input: toolInput(content.input),
        ...cacheControl(content.cache),
      }
    case 'tool-result':
      return encodeToolResult(content)
    case 'opaque':
      return content.origin === 'messages' ? { ...content.value } : undefined
    default:
      // Audio is refused by the fidelity table before it gets here.
      return undefined
  }
}

export function encodeBlocks(contents: readonly Content[]): JsonObject[] {
  const blocks: JsonObject[] = []
  for (const content of contents) {
    const block = encodeBlock(content)
    if (block) blocks.push(block)
  }
  return blocks
}

export function encodeReasoning(
  text: string,
  sealed: { readonly kind: string; readonly data: string },
): JsonObject {
  return sealed.kind === 'redacted'
    ? { type: 'redacted_thinking', data: sealed.data }
    : { type: 'thinking', thinking: text, signature: sealed.data }
}

/** The wire takes only objects; what is none stands in one, so that the model still sees what it wrote. */
export function toolInput({ text }: ToolCall['input']): JsonObject {
  if (text === '') return {}
  const parsed = tryParseJson(text)
  return isJsonObject(parsed) ? parsed : { input: text }
}

/** Ids of other dialects hold characters that this wire refuses. Call and result change alike. */
function toolId(id: string): string {
  return /^[\w-]+$/.test(id) ? id : id.replace(/[^\w-]/g, '_') || '_'
}

function encodeImage({ source, cache }: Image): JsonObject {
  return {
    type: 'image',
    source:
      source.kind === 'url'
        ? { type: 'url', url: source.url }
        : { type: 'base64', media_type: source.mediaType, data: source.data },
    ...cacheControl(cache),
  }
}

function encodeDocument({ source, filename, cache }: Document): JsonObject {
  return {
    type: 'document',
    source: documentSource(source),
    ...(filename === undefined ? {} : { title: filename }),
    ...cacheControl(cache),
  }
}

function documentSource(source: Document['source']): JsonObject {
  if (source.kind === 'url') return { type: 'url', url: source.url }
  if (source.kind === 'text') return plainText(source.text)
  const { mediaType, data } = source
  // Base64 is for PDF alone on this wire; text goes as text.
  return mediaType.startsWith('text/')
    ? plainText(Buffer.from(data, 'base64').toString('utf8'))
    : { type: 'base64', media_type: mediaType, data }
}

function plainText(data: string): JsonObject {
  return { type: 'text', media_type: 'text/plain', data }
}

function encodeToolResult(result: ToolResult): JsonObject {
  const content = encodeBlocks(result.content)
  return {
    type: 'tool_result',
    tool_use_id: toolId(result.id),
    ...(content.length > 0 ? { content } : {}),
    ...(result.isError ? { is_error: true } : {}),
    ...cacheControl(result.cache),
  }
}

export function cacheControl(cache: CacheHint | undefined): JsonObject {
  if (!cache) return {}
  return {
    cache_control: {
      type: 'ephemeral',
      ...(cache.ttl === undefined ? {} : { ttl: cache.ttl }),
    },
  }
}
