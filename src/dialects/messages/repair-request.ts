import type { RequestRepair } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { withoutForeignThinking } from './foreign-thinking.ts'
import { withoutOwnSearches } from './own-searches.ts'

/** Thinking that was signed elsewhere is refused with the whole conversation, and so is what another model searched. */
export function repairRequest({ messages }: JsonObject): readonly RequestRepair[] {
  if (messages === undefined) return []
  const thoughtless = withoutForeignThinking(messages)
  const value = withoutOwnSearches(thoughtless)
  if (value === messages) return []
  return [
    ...(thoughtless === messages ? [] : [{ field: 'messages', value, ...THINKING }]),
    ...(value === thoughtless ? [] : [{ field: 'messages', value, ...SEARCHES }]),
  ]
}

const THINKING = {
  reason: 'thinking of another model is no use to this one, and refused',
  loses: 'reasoning',
}
const SEARCHES = {
  reason: 'results of a search by another model are refused; what was found stands in the text',
  loses: 'web_search_results',
}
