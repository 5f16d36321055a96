import type { Answer } from '../../core/conversation.ts'
import type { EncodeContext } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { qualifiedName } from '../healing/qualified-name.ts'
import { ending, head, showsThinking, toolCall } from './form.ts'
import type { Form } from './form.ts'

export function encodeAnswer(answer: Answer, context: EncodeContext, form: Form): JsonObject {
  const text: string[] = []
  const thinking: string[] = []
  const calls: JsonObject[] = []
  for (const entry of answer.content) {
    if (entry.type === 'text' || entry.type === 'refusal') text.push(entry.text)
    else if (entry.type === 'reasoning') thinking.push(entry.text)
    else if (entry.type === 'tool-call')
      calls.push(
        toolCall({ id: entry.id, name: qualifiedName(entry), ...entry.input }, calls.length),
      )
  }
  return {
    ...head(context),
    ...form({
      text: text.join(''),
      thinking: showsThinking(context) ? thinking.join('') : undefined,
      calls,
    }),
    ...ending(answer.finish, answer.usage, context),
  }
}
