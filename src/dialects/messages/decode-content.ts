import type {
  CacheHint,
  Content,
  Document,
  Image,
  ReasoningContent,
  Text,
  ToolResult,
} from '../../core/conversation.ts'
import {
  asArray,
  asObject,
  asString,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../core/json.ts'
import { unwrapSealed } from '../../core/sealed.ts'
import { wrongField } from '../fields/read-fields.ts'
import type { Block, Source } from './types.ts'

/** Says where a block stands; only built when something is wrong with it. */
export type Where = () => string

/**
 * Kinds of blocks that the hub has no word for: they stay whole for their own wire. New ones come every year, nearly all of
 * them calls of Anthropic's own tools and their results.
 */
const OTHER_KINDS = new Set(['search_result', 'container_upload', 'tool_reference', 'compaction'])
const TOOL_BLOCK = /_tool_(?:use|result)$/

/** One block of a request, where a kind that nobody has is a mistake, as at Anthropic's. */
export function decodeRequestBlock(value: JsonValue, where: Where): Content {
  const block = decodeBlock(value, where)
  if (block.type !== 'opaque') return block
  const type = asString(block.value['type']) ?? ''
  const known = KINDS.has(type) || OTHER_KINDS.has(type) || TOOL_BLOCK.test(type)
  if (known) return block
  throw wrongField(`${where()}.type`, `a kind of block (${[...KINDS].join(', ')}, …)`, type)
}

const KINDS = new Set([
  'text',
  'image',
  'document',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'tool_result',
])

/** One block of a request or of an answer. A tool's result is only met in requests. */
export function decodeBlock(value: JsonValue, where: Where): Content {
  if (!isJsonObject(value)) throw wrongField(where(), 'a content block', value)
  const block = value as Block
  switch (block.type) {
    case 'text':
      return decodeText(block, where)
    case 'image':
      return decodeImage(block, where) ?? opaque(value)
    case 'document':
      return decodeDocument(block, where) ?? opaque(value)
    case 'thinking':
      return {
        type: 'reasoning',
        text: asString(block.thinking) ?? '',
        summary: false,
        ...seal(block.signature, 'signature'),
      }
    case 'redacted_thinking':
      return { type: 'reasoning', text: '', summary: false, ...seal(block.data, 'redacted') }
    case 'tool_use':
      return {
        type: 'tool-call',
        id: requireText(block.id, where, 'id'),
        name: requireText(block.name, where, 'name'),
        input: { kind: 'json', text: JSON.stringify(block.input ?? {}) },
        ...cacheOf(block),
      }
    case 'tool_result':
      return decodeToolResult(block, where)
    default:
      if (typeof block.type !== 'string') {
        throw wrongField(`${where()}.type`, 'a type of block, such as "text"', block.type)
      }
      return opaque(value)
  }
}

/** Wrapped values of other wires come back as what they were; everything else was signed on this one. */
function seal(
  value: JsonValue | undefined,
  kind: 'signature' | 'redacted',
): Pick<ReasoningContent, 'sealed'> {
  const data = asString(value)
  if (data === undefined || data === '') return {}
  return { sealed: unwrapSealed(data) ?? { origin: 'messages', kind, data } }
}

function decodeText(block: Block, where: Where): Text {
  const annotations = asArray(block.citations)
  return {
    type: 'text',
    text: requireText(block.text, where, 'text'),
    ...(annotations.length > 0 ? { annotations } : {}),
    ...cacheOf(block),
  }
}

/** `undefined` for a source by file id, which only its own wire can follow. */
function decodeImage(block: Block, where: Where): Image | undefined {
  const source = sourceOf(block, where)
  const at: Where = () => `${where()}.source`
  if (source.type === 'base64') {
    const mediaType = asString(source.media_type) ?? 'image/png'
    const data = requireText(source.data, at, 'data')
    return { type: 'image', source: { kind: 'data', mediaType, data }, ...cacheOf(block) }
  }
  if (source.type !== 'url') return undefined
  const url = requireText(source.url, at, 'url')
  return { type: 'image', source: { kind: 'url', url }, ...cacheOf(block) }
}

function sourceOf(block: Block, where: Where): Source {
  const source = asObject(block.source) as Source | undefined
  if (typeof source?.type === 'string') return source
  throw wrongField(`${where()}.source`, 'an object with a type, such as "base64"', block.source)
}

function decodeDocument(block: Block, where: Where): Document | undefined {
  const from = documentSource(sourceOf(block, where), () => `${where()}.source`)
  if (!from) return undefined
  const filename = asString(block.title)
  return {
    type: 'document',
    source: from,
    ...(filename === undefined ? {} : { filename }),
    ...cacheOf(block),
  }
}

function documentSource(source: Source, at: Where): Document['source'] | undefined {
  switch (source.type) {
    case 'base64':
      return {
        kind: 'data',
        mediaType: asString(source.media_type) ?? 'application/pdf',
        data: requireText(source.data, at, 'data'),
      }
    case 'text':
      return { kind: 'text', text: requireText(source.data, at, 'data') }
    case 'url':
      return { kind: 'url', url: requireText(source.url, at, 'url') }
    default:
      return undefined
  }
}

function decodeToolResult(block: Block, where: Where): ToolResult {
  return {
    type: 'tool-result',
    id: requireText(block.tool_use_id, where, 'tool_use_id'),
    content: decodeResultContent(block.content, where),
    isError: block.is_error === true,
    ...cacheOf(block),
  }
}

function decodeResultContent(content: JsonValue | undefined, where: Where): ToolResult['content'] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return asArray(content).map((piece, index) => {
    const decoded = decodeRequestBlock(piece, () => `${where()}.content[${index}]`)
    if (decoded.type === 'text' || decoded.type === 'image' || decoded.type === 'document') {
      return decoded
    }
    // Search results, tool references: no other wire has them, their JSON is what a model can still read.
    return { type: 'text', text: JSON.stringify(piece) }
  })
}

function opaque(value: JsonObject): Content {
  return { type: 'opaque', origin: 'messages', value }
}

export function cacheOf(holder: { readonly cache_control?: JsonValue }): {
  readonly cache?: CacheHint
} {
  const control = asObject(holder.cache_control)
  if (!control) return {}
  const ttl = asString(control['ttl'])
  return { cache: ttl === undefined ? {} : { ttl } }
}

function requireText(value: JsonValue | undefined, where: Where, field: string): string {
  if (typeof value === 'string') return value
  throw wrongField(`${where()}.${field}`, 'a string', value)
}
