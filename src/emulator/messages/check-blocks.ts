import { asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { objectsIn } from '../prompts/content.ts'
import type { World } from '../world.ts'
import { invalidMessages } from './refuse-messages.ts'
import { isSignatureOf } from './signature.ts'

/** Roles, empty texts, pairs of calls and results, signatures, and how the conversation ends. */
export function checkBlocks(
  world: World,
  messages: readonly JsonObject[],
  systemAllowed: boolean,
): void {
  if (messages.length === 0) throw invalidMessages('messages: at least one message is required')
  let open: string[] = []
  for (const [index, message] of messages.entries()) {
    const role = asString(message['role']) ?? ''
    if (role === 'system' && systemAllowed) continue
    if (role !== 'user' && role !== 'assistant') {
      throw invalidMessages(`messages.${index}.role: Input should be 'user' or 'assistant'`)
    }
    const blocks = objectsIn(message['content'])
    checkContent(message, blocks, index)
    checkResults(open, blocks, index)
    for (const [at, block] of blocks.entries())
      checkBlock(world, block, `messages.${index}.content.${at}`)
    open = blocks
      .filter((block) => role === 'assistant' && block['type'] === 'tool_use')
      .map((block) => asString(block['id']) ?? '')
  }
  refuseOpen(open, messages.length - 1)
  const last = messages.findLast((message) => message['role'] !== 'system')
  if (last?.['role'] === 'assistant') {
    throw invalidMessages(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    )
  }
}

function checkContent(message: JsonObject, blocks: readonly JsonObject[], index: number): void {
  const { content } = message
  if (typeof content !== 'string' && !Array.isArray(content)) {
    throw invalidMessages(`messages.${index}.content: Field required`)
  }
  if (content.length === 0 || (typeof content !== 'string' && blocks.length !== content.length)) {
    throw invalidMessages(`messages.${index}: all messages must have non-empty content`)
  }
}

function checkBlock(world: World, block: JsonObject, path: string): void {
  switch (block['type']) {
    case 'text':
      if (asString(block['text'])?.trim()) return
      throw invalidMessages(`${path}: text content blocks must be non-empty`)
    case 'thinking': {
      const good = isSignatureOf(world, asString(block['signature']), asString(block['thinking']))
      if (!good) throw invalidMessages(`${path}: Invalid \`signature\` in \`thinking\` block`)
      return
    }
    case 'redacted_thinking':
      if (world.sealer.open('redacted', asString(block['data']) ?? '') !== undefined) return
      throw invalidMessages(`${path}: Invalid \`data\` in \`redacted_thinking\` block`)
    case 'tool_use':
    case 'tool_result':
    case 'image':
    case 'document':
    case 'search_result':
      return
    default:
      throw invalidMessages(
        `${path}: Input tag '${asString(block['type']) ?? ''}' found using 'type' does not match any of the expected tags`,
      )
  }
}

/** Results stand in the message right after their calls, all of them and no others. */
function checkResults(open: readonly string[], blocks: readonly JsonObject[], index: number): void {
  const results = blocks
    .filter((block) => block['type'] === 'tool_result')
    .map((block) => asString(block['tool_use_id']) ?? '')
  const stray = results.find((id) => !open.includes(id))
  if (stray !== undefined) {
    throw invalidMessages(
      `messages.${index}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    )
  }
  refuseOpen(
    open.filter((id) => !results.includes(id)),
    index - 1,
  )
}

function refuseOpen(open: readonly string[], index: number): void {
  if (open.length === 0) return
  throw invalidMessages(
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  )
}
