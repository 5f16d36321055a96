import type { Content, Conversation, Turn } from '../../core/conversation.ts'
import type { GenerateWire } from '../fidelity/table.ts'
import type { Step } from './tool-pairs.ts'

/** Empty texts and turns, which some wires refuse, are left out; a turn that would leave nothing at all stays. */
export function healEmptyContent(conversation: Conversation, wire: GenerateWire): Step {
  const { turns } = conversation
  const changed: string[] = []
  let healed: readonly Turn[] = turns
  if (turns.some(hasEmpty)) {
    healed = turns.flatMap((turn) => withoutEmpty(turn) ?? [])
    changed.push('empty_content')
  }
  // Only this wire insists that the user speaks first.
  const first = healed.findIndex(({ role }) => role !== 'system')
  if (wire === 'messages' && healed[first]?.role === 'assistant') {
    healed = [...healed.slice(0, first), OPENING, ...healed.slice(first)]
    changed.push('leading_assistant')
  }
  if (changed.length === 0) return { conversation, changed }
  return { conversation: { ...conversation, turns: healed }, changed }
}

const OPENING: Turn = {
  role: 'user',
  content: [{ type: 'text', text: '(The earlier part of the conversation is not here.)' }],
}

function hasEmpty(turn: Turn): boolean {
  return turn.content.length === 0 || turn.content.some(isEmpty)
}

function isEmpty(content: Content): boolean {
  return (content.type === 'text' || content.type === 'refusal') && content.text === ''
}

function withoutEmpty(turn: Turn): Turn | undefined {
  if (turn.content.length === 0) return undefined
  if (turn.role === 'tool') return turn
  const content = turn.content.filter((piece) => !isEmpty(piece))
  return content.length > 0 ? { ...turn, content } : undefined
}
