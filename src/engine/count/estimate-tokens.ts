import type { Content, Conversation, Tool } from '../../core/conversation.ts'
import { never } from '../../core/parts.ts'

/**
 * About how many tokens a prompt has, where nobody can be asked. Common tokenizers take some 4 characters of English or
 * code for a token, and between half and one token for a character of most other scripts. Each turn and tool costs a
 * few tokens of frame. Within some 20 % on ordinary prompts; always marked as an estimate.
 */
export function estimateTokens(conversation: Conversation): number {
  let tokens = 3
  for (const turn of conversation.turns) {
    tokens += 4
    for (const content of turn.content) tokens += ofContent(content)
  }
  for (const tool of conversation.tools) tokens += 8 + ofText(describeTool(tool))
  return Math.ceil(tokens)
}

/** What providers charge for an image of common size. */
const IMAGE_TOKENS = 1600
/** A page of a document, of some 50 kB. */
const BYTES_PER_PAGE = 50_000
const TOKENS_PER_PAGE = 2000

function ofContent(content: Content): number {
  switch (content.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return ofText(content.text)
    case 'image':
      return IMAGE_TOKENS
    case 'document':
      return ofDocument(content)
    case 'audio':
      return content.source.data.length / 1000
    case 'tool-call':
      return 8 + ofText(content.name) + ofText(content.input.text)
    case 'tool-result':
      return 8 + content.content.reduce((sum, one) => sum + ofContent(one), 0)
    case 'opaque':
      return ofText(JSON.stringify(content.value))
    default:
      return never(content)
  }
}

function ofDocument({ source }: Extract<Content, { type: 'document' }>): number {
  if (source.kind === 'text') return ofText(source.text)
  if (source.kind === 'url') return TOKENS_PER_PAGE
  return Math.max(1, (source.data.length * 0.75) / BYTES_PER_PAGE) * TOKENS_PER_PAGE
}

function describeTool(tool: Tool): string {
  if (tool.kind === 'server') return JSON.stringify(tool.value)
  const extra = tool.kind === 'function' ? tool.parameters : tool.format
  return `${tool.name} ${tool.description ?? ''} ${extra === undefined ? '' : JSON.stringify(extra)}`
}

/** In UTF-8, what is not ASCII takes more than one byte: the difference tells how much of it there is. */
function ofText(text: string): number {
  const extraBytes = Buffer.byteLength(text) - text.length
  const others = extraBytes / 1.8
  return (text.length - others) / 4 + others * 0.75
}
