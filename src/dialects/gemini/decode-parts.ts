import type { Content, ReasoningContent, ToolCall, ToolResult } from '../../core/conversation.ts'
import { asBoolean, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import {
  optionalArray,
  optionalString,
  requiredString,
  requireObject,
  wrongField,
} from '../fields/read-fields.ts'
import type { CallBook } from '../call-ids/call-book.ts'
import { camelCased } from './member.ts'
import { blocksFromSignature } from './thought-signature.ts'

export interface DecodedParts {
  readonly content: readonly Content[]
  readonly results: readonly ToolResult[]
}

export function decodeParts(parts: readonly JsonValue[], at: string, book: CallBook): DecodedParts {
  const content: Content[] = []
  const results: ToolResult[] = []
  for (const [index, value] of parts.entries()) {
    const path = `${at}[${index}]`
    const part = camelCased(requireObject(value, path))
    const response = part['functionResponse']
    if (response !== undefined)
      results.push(
        decodeResponse(
          requireObject(response, `${path}.functionResponse`),
          `${path}.functionResponse.`,
          book,
        ),
      )
    else content.push(...decodePart(part, path, book))
  }
  // Thoughts that came back inside a signature are the whole ones; what stands beside them is a repetition.
  const sealed = content.some((entry) => entry.type === 'reasoning' && entry.sealed !== undefined)
  return {
    content: sealed
      ? content.filter((entry) => entry.type !== 'reasoning' || entry.sealed !== undefined)
      : content,
    results,
  }
}

/** Of Google's own tools: https://ai.google.dev/api/caching#Part */
const OTHER_KINDS: ReadonlySet<string> = new Set([
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
])

function decodePart(part: JsonObject, path: string, book: CallBook): readonly Content[] {
  const signature = optionalString(part, 'thoughtSignature', `${path}.`) || undefined
  const sealed = signature === undefined ? undefined : blocksFromSignature(signature)
  const before = sealed ?? []
  const own = sealed === undefined ? signature : undefined
  if (part['functionCall'] !== undefined)
    return [
      ...before,
      decodeCall(
        requireObject(part['functionCall'], `${path}.functionCall`),
        `${path}.functionCall.`,
        book,
        own,
      ),
    ]
  if (part['inlineData'] !== undefined)
    return [
      ...before,
      decodeBlob(requireObject(part['inlineData'], `${path}.inlineData`), `${path}.inlineData.`),
    ]
  if (part['fileData'] !== undefined)
    return [
      ...before,
      decodeFile(requireObject(part['fileData'], `${path}.fileData`), `${path}.fileData.`),
    ]
  const text = optionalString(part, 'text', `${path}.`)
  if (text !== undefined) {
    if (asBoolean(part['thought'])) return [...before, thoughtOf(text, own)]
    const said: Content[] = text === '' ? [] : [{ type: 'text', text }]
    return own === undefined ? [...before, ...said] : [thoughtOf('', own), ...said]
  }
  if (signature !== undefined) return own === undefined ? before : [thoughtOf('', own)]
  if (!Object.keys(part).some((name) => OTHER_KINDS.has(name)))
    throw wrongField(
      path,
      'a part with text, inlineData, fileData, functionCall or functionResponse',
      part,
    )
  return [{ type: 'opaque', origin: 'gemini', value: part }]
}

function thoughtOf(text: string, signature: string | undefined): ReasoningContent {
  if (signature === undefined) return { type: 'reasoning', text, summary: true }
  return {
    type: 'reasoning',
    text,
    summary: true,
    sealed: { origin: 'gemini', kind: 'signature', data: signature },
  }
}

function decodeCall(
  call: JsonObject,
  at: string,
  book: CallBook,
  signature: string | undefined,
): ToolCall {
  const name = requiredString(call, 'name', at)
  return {
    type: 'tool-call',
    id: book.called(optionalString(call, 'id', at), name),
    name,
    input: { kind: 'json', text: JSON.stringify(call['args'] ?? {}) },
    ...(signature === undefined
      ? {}
      : { sealed: { origin: 'gemini', kind: 'signature', data: signature } }),
  }
}

function decodeBlob(blob: JsonObject, at: string): Content {
  const fields = camelCased(blob)
  const mediaType = requiredString(fields, 'mimeType', at)
  const source = { kind: 'data' as const, mediaType, data: requiredString(fields, 'data', at) }
  if (mediaType.startsWith('image/')) return { type: 'image', source }
  if (mediaType.startsWith('audio/')) return { type: 'audio', source }
  const filename = asString(fields['displayName'])
  return { type: 'document', source, ...(filename === undefined ? {} : { filename }) }
}

function decodeFile(file: JsonObject, at: string): Content {
  const fields = camelCased(file)
  const url = requiredString(fields, 'fileUri', at)
  const mediaType = optionalString(fields, 'mimeType', at) ?? ''
  return mediaType.startsWith('image/') || mediaType === ''
    ? { type: 'image', source: { kind: 'url', url } }
    : { type: 'document', source: { kind: 'url', url } }
}

/** `response` is any object; by convention its `output` or `error` is the result itself. */
function decodeResponse(response: JsonObject, at: string, book: CallBook): ToolResult {
  const name = requiredString(response, 'name', at)
  const { id } = book.answered(optionalString(response, 'id', at), name)
  const result = response['response']
  const fields = isJsonObject(result) ? result : {}
  const only = Object.keys(fields).length === 1
  const error = only ? fields['error'] : undefined
  const output = error ?? (only ? (fields['output'] ?? fields['result']) : undefined) ?? result
  const shown = (optionalArray(response, 'parts', at) ?? []).flatMap((value, index) => {
    const part = camelCased(requireObject(value, `${at}parts[${index}]`))
    if (part['inlineData'] === undefined) return []
    const path = `${at}parts[${index}].inlineData`
    const blob = decodeBlob(requireObject(part['inlineData'], path), `${path}.`)
    return blob.type === 'image' || blob.type === 'document' ? [blob] : []
  })
  return {
    type: 'tool-result',
    id,
    name,
    content: [
      { type: 'text', text: typeof output === 'string' ? output : JSON.stringify(output ?? {}) },
      ...shown,
    ],
    isError: error !== undefined,
  }
}
