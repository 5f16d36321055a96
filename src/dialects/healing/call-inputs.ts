import type { Content, Conversation } from '../../core/conversation.ts'
import { isJsonObject, tryParseJson } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import type { GenerateWire } from '../fidelity/table.ts'
import { takesOnlyFunctions } from './other-tools.ts'
import type { Step } from './tool-pairs.ts'

/**
 * A call that was cut off stays in the conversation with half its arguments. OpenAI's models read that; for others on chat Copilot
 * refuses every further turn ("Invalid JSON format in tool call arguments"). What was written stands in an object then, as it
 * does on /v1/messages.
 */
export function healCallInputs(conversation: Conversation, wire: GenerateWire, model: Model): Step {
  if (wire !== 'chat' || !takesOnlyFunctions(wire, model)) return { conversation, changed: [] }
  let changed = false
  const mend = (content: Content): Content => {
    if (content.type !== 'tool-call' || content.input.kind !== 'json') return content
    const { text } = content.input
    if (text === '' || isJsonObject(tryParseJson(text))) return content
    changed = true
    const object = text === 'null' ? {} : { input: text }
    return { ...content, input: { kind: 'json', text: JSON.stringify(object) } }
  }
  const turns = conversation.turns.map((turn) =>
    turn.role === 'assistant' ? { ...turn, content: turn.content.map(mend) } : turn,
  )
  return changed
    ? { conversation: { ...conversation, turns }, changed: ['tool_call_arguments'] }
    : { conversation, changed: [] }
}
