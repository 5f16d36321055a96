import type { Content, Document, ToolResult } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { dataUri } from '../chat/data-uri.ts'

/** Parts of a message from the user or the operator; what the model said has its own form. */
export function encodeInputParts(contents: readonly Content[]): JsonObject[] {
  const parts: JsonObject[] = []
  for (const content of contents) {
    const part = encodeInputPart(content)
    if (part) parts.push(part)
  }
  return parts
}

function encodeInputPart(content: Content): JsonObject | undefined {
  switch (content.type) {
    case 'text':
    case 'refusal':
      return content.text === '' ? undefined : { type: 'input_text', text: content.text }
    case 'image': {
      const { source, detail } = content
      const url = source.kind === 'url' ? source.url : dataUri(source)
      return { type: 'input_image', image_url: url, detail: detail ?? 'auto' }
    }
    case 'document':
      return encodeDocument(content)
    default:
      return undefined
  }
}

function encodeDocument({ source, filename }: Document): JsonObject {
  if (source.kind === 'url') return { type: 'input_file', file_url: source.url }
  if (source.kind === 'text') {
    const title = filename === undefined ? '' : `${filename}:\n`
    return { type: 'input_text', text: title + source.text }
  }
  return {
    type: 'input_file',
    filename: filename ?? 'document.pdf',
    file_data: dataUri(source),
  }
}

/** A single text goes as a string, the form that every client and upstream knows. */
export function encodeOutput({ content }: ToolResult): string | JsonObject[] {
  const [first] = content
  if (!first) return ''
  if (content.length === 1 && first.type === 'text') return first.text
  return encodeInputParts(content)
}
