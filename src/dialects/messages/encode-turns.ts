import type { Content, Turn } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { encodeBlocks } from './encode-content.ts'

export interface EncodedTurns {
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
}

/**
 * Turns as messages that alternate between user and assistant: turns of one side that follow each other are joined, tool
 * results stand first in theirs, system messages between turns become marked text of the user's side.
 */
export function encodeTurns(turns: readonly Turn[]): EncodedTurns {
  const system: JsonObject[] = []
  const messages: JsonObject[] = []
  let role: 'user' | 'assistant' | undefined
  let results: JsonObject[] = []
  let blocks: JsonObject[] = []

  const close = (): void => {
    const content = results.length > 0 ? [...results, ...blocks] : blocks
    if (role !== undefined && content.length > 0) messages.push({ role, content })
    results = []
    blocks = []
  }
  const open = (next: 'user' | 'assistant'): void => {
    if (role === next) return
    close()
    role = next
  }
  for (const turn of turns) {
    switch (turn.role) {
      case 'system':
        if (role === undefined) {
          system.push(...encodeBlocks(turn.content))
          break
        }
        open('user')
        blocks.push(...encodeBlocks(turn.content.map(reminder)))
        break
      case 'tool':
        open('user')
        results.push(...encodeBlocks(turn.content))
        break
      case 'user':
        open('user')
        for (const content of turn.content) {
          const to = content.type === 'tool-result' ? results : blocks
          to.push(...encodeBlocks([content]))
        }
        break
      case 'assistant':
        open('assistant')
        blocks.push(...encodeBlocks(turn.content))
    }
  }
  close()
  // The wire wants a message; a conversation of nothing but instructions is the question then.
  return messages.length > 0
    ? { system, messages }
    : { system: [], messages: system.length > 0 ? [{ role: 'user', content: system }] : [] }
}

/** The tag under which Claude's own clients speak between turns. */
function reminder(content: Content): Content {
  return content.type === 'text'
    ? { ...content, text: `<system-reminder>\n${content.text}\n</system-reminder>` }
    : content
}
