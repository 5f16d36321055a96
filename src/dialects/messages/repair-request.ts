import type { RequestRepair } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { withoutForeignThinking } from './foreign-thinking.ts'

/** Thinking that was signed elsewhere is refused with the whole conversation. */
export function repairRequest({ messages }: JsonObject): readonly RequestRepair[] {
  if (messages === undefined) return []
  const value = withoutForeignThinking(messages)
  if (value === messages) return []
  const reason = 'thinking of another model is no use to this one, and refused'
  return [{ field: 'messages', value, reason, loses: 'reasoning' }]
}
