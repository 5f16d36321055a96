import type {
  Content,
  Conversation,
  Text,
  ToolCall,
  ToolResult,
  Turn,
} from '../../core/conversation.ts'
import { withUniqueCallIds } from './unique-call-ids.ts'

/** What a step changed, by the names of `x-jetway-degraded`; the very same conversation when nothing was wrong. */
export interface Step {
  readonly conversation: Conversation
  readonly changed: readonly string[]
}

const INTERRUPTED = 'No result: the call was interrupted.'

/**
 * Every wire refuses a conversation in which a call has no result, a result no call, or the two do not follow each other, as
 * they do after an interrupted turn or a compaction. Calls left open get a result that says so, results left alone become
 * text, and results stand right behind their calls.
 */
export function healToolPairs(conversation: Conversation): Step {
  const turns = withUniqueCallIds(conversation.turns)
  const changed = new Set<string>()
  if (turns !== conversation.turns) changed.add('tool_call_ids')
  if (arePaired(turns)) {
    return turns === conversation.turns
      ? { conversation, changed: [] }
      : { conversation: { ...conversation, turns }, changed: [...changed] }
  }
  const results = firstResults(turns)
  const healed: Turn[] = []

  for (const turn of turns) {
    const own: Content[] = []
    const alone: ToolResult[] = []
    for (const content of turn.content) {
      if (content.type !== 'tool-result') own.push(content)
      else if (!results.has(content.id)) alone.push(content)
      else if (results.get(content.id) !== content) changed.add('duplicate_tool_results')
    }
    if (turn.role === 'assistant') {
      if (own.length > 0) healed.push({ role: 'assistant', content: own })
      const calls = callsOf(turn)
      if (calls.length > 0)
        healed.push({ role: 'tool', content: answersTo(calls, results, changed) })
    } else if (turn.role !== 'tool' && own.length > 0) healed.push({ ...turn, content: own })
    if (alone.length > 0) {
      changed.add('orphan_tool_results')
      healed.push({ role: 'user', content: alone.flatMap(asText) })
    }
  }
  if (changed.size === 0) changed.add('tool_result_order')
  return { conversation: { ...conversation, turns: healed }, changed: [...changed] }
}

/** The usual case, found without building anything: calls, and right behind them their results. */
function arePaired(turns: readonly Turn[]): boolean {
  return turns.every((turn, index) => {
    const before = turns[index - 1]
    const calls = callsOf(before)
    const found = turn.role === 'tool' ? turn.content : turn.content.filter(isResult)
    if (turn.role !== 'tool' && found.length > 0) return false
    if (index === turns.length - 1 && callsOf(turn).length > 0) return false
    if (calls.length !== found.length) return false
    const ids = new Set(calls.map(({ id }) => id))
    return found.every(({ id }) => ids.delete(id))
  })
}

function callsOf(turn: Turn | undefined): readonly ToolCall[] {
  return turn?.role === 'assistant'
    ? turn.content.filter((content) => content.type === 'tool-call')
    : []
}

function isResult(content: Content): content is ToolResult {
  return content.type === 'tool-result'
}

/** The first result of every call that is really there. */
function firstResults(turns: readonly Turn[]): ReadonlyMap<string, ToolResult> {
  const called = new Set(turns.flatMap((turn) => callsOf(turn).map(({ id }) => id)))
  const results = new Map<string, ToolResult>()
  for (const turn of turns) {
    for (const content of turn.content) {
      if (isResult(content) && called.has(content.id) && !results.has(content.id)) {
        results.set(content.id, content)
      }
    }
  }
  return results
}

function answersTo(
  calls: readonly ToolCall[],
  results: ReadonlyMap<string, ToolResult>,
  changed: Set<string>,
): ToolResult[] {
  return calls.map((call) => {
    const result = results.get(call.id)
    if (result) return result
    changed.add('orphan_tool_calls')
    return {
      type: 'tool-result',
      id: call.id,
      name: call.name,
      content: [{ type: 'text', text: INTERRUPTED }],
      isError: true,
      ...(call.input.kind === 'text' ? { custom: true } : {}),
    }
  })
}

function asText(result: ToolResult): readonly Content[] {
  const title: Text = { type: 'text', text: `Result of an earlier tool call (${result.id}):` }
  return [title, ...result.content]
}
