import type { Content, Conversation, Tool } from '../../core/conversation.ts'
import { never } from '../../core/parts.ts'

/** What a prompt is made of, for counting: texts, and how many tokens the rest takes. */
export type Piece = string | number

/** The frame of a prompt, of each turn, and of each call, result and tool in it. */
const PROMPT_TOKENS = 3
const TURN_TOKENS = 4
const CALL_TOKENS = 8
/** What providers charge for an image of common size. */
const IMAGE_TOKENS = 1600
/** A page of a document, of some 50 kB. */
const BYTES_PER_PAGE = 50_000
const TOKENS_PER_PAGE = 2000

export function* piecesOf(conversation: Conversation): Generator<Piece> {
  yield PROMPT_TOKENS
  for (const turn of conversation.turns) {
    yield TURN_TOKENS
    for (const content of turn.content) yield* ofContent(content)
  }
  for (const tool of conversation.tools) {
    yield CALL_TOKENS
    yield describeTool(tool)
  }
}

function* ofContent(content: Content): Generator<Piece> {
  switch (content.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      yield content.text
      return
    case 'image':
      yield IMAGE_TOKENS
      return
    case 'document':
      yield ofDocument(content)
      return
    case 'audio':
      yield content.source.data.length / 1000
      return
    case 'tool-call':
      yield CALL_TOKENS
      yield content.name
      yield content.input.text
      return
    case 'tool-result':
      yield CALL_TOKENS
      for (const one of content.content) yield* ofContent(one)
      return
    case 'opaque':
      yield JSON.stringify(content.value)
      return
    default:
      never(content)
  }
}

function ofDocument({ source }: Extract<Content, { type: 'document' }>): Piece {
  if (source.kind === 'text') return source.text
  if (source.kind === 'url') return TOKENS_PER_PAGE
  return Math.max(1, (source.data.length * 0.75) / BYTES_PER_PAGE) * TOKENS_PER_PAGE
}

function describeTool(tool: Tool): string {
  if (tool.kind === 'server') return JSON.stringify(tool.value)
  const extra = tool.kind === 'function' ? tool.parameters : tool.format
  return `${tool.name} ${tool.description ?? ''} ${extra === undefined ? '' : JSON.stringify(extra)}`
}
