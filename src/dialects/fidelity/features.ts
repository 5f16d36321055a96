import type { Content, Conversation, Opaque, Sealed, Tool, Turn } from '../../core/conversation.ts'
import { FEATURES, type Feature } from './table.ts'

/** Which rows of the table a conversation needs, in the table's order. One pass over its blocks, none over their text. */
export function featuresOf(conversation: Conversation): Feature[] {
  const found = new Set<Feature>()
  settings(conversation, found)
  for (const tool of conversation.tools) toolFeatures(tool, found)
  let spoken = false
  for (const turn of conversation.turns) {
    turnFeatures(turn, spoken, found)
    if (turn.role !== 'system') spoken = true
  }
  return FEATURES.filter((feature) => found.has(feature))
}

function settings(conversation: Conversation, found: Set<Feature>): void {
  const { reasoning, toolChoice, responseFormat } = conversation
  if (conversation.temperature !== undefined) found.add('temperature')
  if (conversation.topP !== undefined) found.add('top_p')
  if (conversation.topK !== undefined) found.add('top_k')
  // 0 is what every wire does without being told.
  if (conversation.frequencyPenalty) found.add('frequency_penalty')
  if (conversation.presencePenalty) found.add('presence_penalty')
  if (conversation.seed !== undefined) found.add('seed')
  if (conversation.stop?.length) found.add('stop')
  if (conversation.logprobs !== undefined) found.add('logprobs')
  if ((conversation.candidates ?? 1) > 1) found.add('n')
  if (conversation.maxOutputTokens !== undefined) found.add('max_tokens')
  if (conversation.parallelToolCalls !== undefined) found.add('parallel_tool_calls')
  if (responseFormat?.kind === 'json-object') found.add('json_object')
  if (responseFormat?.kind === 'json-schema') found.add('json_schema')
  if (conversation.verbosity !== undefined) found.add('verbosity')
  if (conversation.user !== undefined) found.add('user')
  if (conversation.metadata !== undefined) found.add('metadata')
  if (conversation.cacheKey !== undefined) found.add('prompt_cache_key')
  if (reasoning?.effort !== undefined) found.add('reasoning_effort')
  if (reasoning?.budgetTokens !== undefined) found.add('reasoning_budget')
  if (toolChoice && toolChoice.kind !== 'auto') {
    found.add(toolChoice.kind === 'allowed' ? 'allowed_tools' : 'tool_choice')
  }
}

function toolFeatures(tool: Tool, found: Set<Feature>): void {
  if (tool.kind === 'server') {
    found.add(serverTools(tool.origin))
    return
  }
  found.add(tool.kind === 'custom' ? 'custom_tools' : 'tools')
  if (tool.namespace !== undefined) found.add('namespaces')
  if (tool.kind !== 'function') return
  if (tool.cache) found.add('cache_control')
  if (tool.strict) found.add('strict_tools')
}

function turnFeatures(turn: Turn, spoken: boolean, found: Set<Feature>): void {
  if (turn.role === 'system') found.add(spoken ? 'late_system' : 'system')
  for (const content of turn.content) contentFeatures(content, found)
}

function contentFeatures(content: Content, found: Set<Feature>): void {
  if ('cache' in content && content.cache) found.add('cache_control')
  switch (content.type) {
    case 'text':
      return
    case 'image':
      found.add(content.source.kind === 'url' ? 'image_url' : 'image')
      if (content.detail !== undefined && content.detail !== 'auto') found.add('image_detail')
      return
    case 'document':
      found.add('document')
      return
    case 'audio':
      found.add('audio')
      return
    case 'refusal':
      found.add('refusal')
      return
    case 'reasoning':
      found.add(sealedFeature(content.sealed?.origin))
      return
    case 'tool-call':
      if (content.sealed) found.add(sealedFeature(content.sealed.origin))
      return
    case 'tool-result':
      if (content.isError) found.add('tool_error')
      for (const piece of content.content) {
        if (piece.type === 'image') found.add('tool_result_image')
        else if (piece.type === 'document') found.add('document')
      }
      return
    case 'opaque':
      found.add(OPAQUE[content.origin])
  }
}

/** The row of a tool that runs on a vendor's own servers; Gemini's are left out where they are read. */
export function serverTools(origin: Opaque['origin']): Feature {
  return origin === 'messages' || origin === 'responses'
    ? `server_tools_${origin}`
    : 'server_tools_chat'
}

const OPAQUE: Readonly<Record<Opaque['origin'], Feature>> = {
  chat: 'parts_chat',
  embeddings: 'parts_chat',
  responses: 'items_responses',
  messages: 'blocks_messages',
  gemini: 'parts_gemini',
}

/** Reasoning without a seal is text alone; with one it belongs to the wire that sealed it. */
function sealedFeature(origin: Sealed['origin'] | undefined): Feature {
  // An embedding seals nothing.
  if (origin === undefined || origin === 'embeddings') return 'reasoning_open'
  return `reasoning_${origin}`
}
