import type { Content, Text, ToolCall, ToolResult, Turn } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { never } from '../../core/parts.ts'
import { refusedField } from '../fields/read-fields.ts'
import { qualifiedName } from '../healing/qualified-name.ts'
import { dataUri } from './data-uri.ts'

export function encodeMessages(turns: readonly Turn[]): JsonObject[] {
  const messages: JsonObject[] = []
  for (const turn of turns) {
    const plain = plainMessage(turn)
    if (plain !== undefined) messages.push(plain)
    else if (turn.role === 'tool') encodeResults(turn.content, messages)
    else if (turn.role === 'assistant') messages.push(encodeAssistant(turn.content))
    else encodeSpoken(turn, messages)
  }
  limitMarks(messages)
  return messages
}

/** Most turns are one text: nothing to sort or join. */
function plainMessage(turn: Turn): JsonObject | undefined {
  const [only] = turn.content
  if (turn.content.length !== 1 || only?.type !== 'text' || only.cache !== undefined)
    return undefined
  return { role: turn.role, content: only.text }
}

/** Copilot takes at most four marks; the latest reach furthest. */
const MOST_MARKS = 4

function limitMarks(messages: readonly JsonObject[]): void {
  let left = MOST_MARKS
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at]
    if (message?.['copilot_cache_control'] === undefined) continue
    if (left > 0) left -= 1
    else delete message['copilot_cache_control']
  }
}

/** What people and operators say. Results inside a user turn stand before what was said with them. */
function encodeSpoken(turn: Turn & { role: 'user' | 'system' }, messages: JsonObject[]): void {
  const results = turn.content.filter((entry) => entry.type === 'tool-result')
  if (results.length > 0) encodeResults(results, messages)
  const spoken = turn.content.filter((entry) => entry.type !== 'tool-result')
  if (spoken.length === 0 && results.length > 0) return
  const role = turn.role
  const content =
    role === 'system'
      ? texts(spoken)
          .map((entry) => entry.text)
          .join('\n\n')
      : partsOrText(spoken.flatMap((entry) => encodePart(entry)))
  messages.push({ role, content, ...cacheMark(spoken) })
}

function partsOrText(parts: readonly JsonObject[]): string | JsonObject[] {
  const [only] = parts
  if (only === undefined) return ''
  if (parts.length === 1 && typeof only['text'] === 'string') return only['text']
  return [...parts]
}

/** Tool messages hold text alone, so images go into a user message behind all results, each with the name of its call. */
function encodeResults(results: readonly ToolResult[], messages: JsonObject[]): void {
  const moved: JsonObject[] = []
  for (const result of results) {
    const text = texts(result.content)
      .map((entry) => entry.text)
      .join('\n')
    const shown = result.content.filter((entry) => entry.type !== 'text')
    if (shown.length > 0) {
      moved.push({ type: 'text', text: `Result of the tool call ${result.id}:` })
      moved.push(...shown.flatMap((entry) => encodePart(entry)))
    }
    const content = text === '' && shown.length > 0 ? 'The result is in the next message.' : text
    messages.push({
      role: 'tool',
      tool_call_id: result.id,
      content,
      ...(result.cache === undefined ? cacheMark(result.content) : CACHE_MARK),
    })
  }
  if (moved.length > 0) messages.push({ role: 'user', content: moved })
}

function encodeAssistant(content: readonly Content[]): JsonObject {
  const said = texts(content)
    .map((entry) => entry.text)
    .join('')
  const calls = content.filter((entry) => entry.type === 'tool-call')
  const refusal = content.find((entry) => entry.type === 'refusal')
  const message: JsonObject = {
    role: 'assistant',
    content: said === '' && (calls.length > 0 || refusal !== undefined) ? null : said,
  }
  const open = content.filter(
    (entry) =>
      entry.type === 'reasoning' && (entry.sealed === undefined || entry.sealed.origin === 'chat'),
  )
  const thought = open.map((entry) => (entry.type === 'reasoning' ? entry.text : '')).join('')
  const opaque = content
    .map((entry) =>
      entry.type === 'reasoning' || entry.type === 'tool-call' ? entry.sealed : undefined,
    )
    .filter((sealed) => sealed?.origin === 'chat')
    .map((sealed) => sealed?.data ?? '')
  if (thought !== '') message['reasoning_text'] = thought
  if (opaque.length > 0) message['reasoning_opaque'] = opaque.join('')
  if (refusal !== undefined) message['refusal'] = refusal.text
  if (calls.length > 0) message['tool_calls'] = calls.map((call) => encodeCall(call))
  return { ...message, ...cacheMark(content) }
}

export function encodeCall(call: ToolCall): JsonObject {
  const name = qualifiedName(call)
  return call.input.kind === 'text'
    ? { id: call.id, type: 'custom', custom: { name, input: call.input.text } }
    : {
        id: call.id,
        type: 'function',
        // An empty text is no JSON, and Claude behind this wire refuses it.
        function: { name, arguments: call.input.text === '' ? '{}' : call.input.text },
      }
}

function encodePart(content: Content): readonly JsonObject[] {
  switch (content.type) {
    case 'text':
      return [{ type: 'text', text: content.text }]
    case 'refusal':
      return [{ type: 'text', text: content.text }]
    case 'image': {
      const { source, detail } = content
      const url = source.kind === 'url' ? source.url : dataUri(source)
      return [
        { type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } },
      ]
    }
    case 'audio': {
      const format = content.source.mediaType.replace(/^audio\/(x-)?/, '').replace('mpeg', 'mp3')
      return [{ type: 'input_audio', input_audio: { data: content.source.data, format } }]
    }
    case 'document':
      return [encodeDocument(content)]
    case 'opaque':
      return content.origin === 'chat' ? [content.value] : []
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      return []
    default:
      return never(content)
  }
}

function encodeDocument(document: Content & { type: 'document' }): JsonObject {
  const { source, filename } = document
  if (source.kind === 'text') {
    const title = filename === undefined ? '' : `${filename}:\n`
    return { type: 'text', text: title + source.text }
  }
  if (source.kind === 'url')
    throw refusedField(
      'messages',
      'A document by URL cannot be sent to this model: send its content instead (base64 or text).',
    )
  return {
    type: 'file',
    file: { filename: filename ?? 'document.pdf', file_data: dataUri(source) },
  }
}

function texts(content: readonly Content[]): readonly Text[] {
  return content.filter((entry) => entry.type === 'text')
}

const CACHE_MARK = { copilot_cache_control: { type: 'ephemeral' } }

/** On this wire a mark stands on the message, whichever of its parts had it. */
function cacheMark(content: readonly Content[]): JsonObject {
  return content.some((entry) => 'cache' in entry && entry.cache !== undefined) ? CACHE_MARK : {}
}
