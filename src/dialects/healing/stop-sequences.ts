import type { Answer, Content, Conversation } from '../../core/conversation.ts'
import type { Part } from '../../core/parts.ts'
import type { GenerateWire } from '../fidelity/table.ts'
import type { Restorer } from './restorer.ts'
import type { Step } from './tool-pairs.ts'

export interface StopStep extends Step {
  readonly restore?: Restorer
}

/**
 * The responses wire has no stop sequences, and chat stops at one without a word of it, although clients of messages go by
 * `stop_sequence`. There the answer is cut where one stands, and the upstream is stopped there: what little it says until it
 * notices is billed, and how much that is, nobody says.
 */
export function healStopSequences(conversation: Conversation, wire: GenerateWire): StopStep {
  const stops = stopsCutHere(conversation, wire)
  if (stops.length === 0) return { conversation, changed: [] }
  const { stop: _, ...rest } = conversation
  return { conversation: rest, changed: [], restore: createCutter(stops) }
}

/** The stop sequences that this wire leaves to us. */
export function stopsCutHere(
  { stop = [], namesStop }: Conversation,
  wire: GenerateWire,
): readonly string[] {
  if (wire === 'messages' || (wire === 'chat' && namesStop !== true)) return []
  return stop.filter((word) => word !== '')
}

function createCutter(stops: readonly string[]): Restorer {
  /** The end of the text so far that may be the beginning of a stop sequence. */
  let pending = ''
  let stopped: string | undefined

  const onText = (part: Extract<Part, { type: 'text-delta' }>): readonly Part[] => {
    const text = pending + part.text
    const found = firstStop(text, stops)
    if (found) {
      stopped = found.word
      pending = ''
      return [{ ...part, text: text.slice(0, found.at) }]
    }
    pending = text.slice(text.length - openEnd(text, stops))
    return [{ ...part, text: text.slice(0, text.length - pending.length) }]
  }

  return {
    part(part) {
      if (stopped !== undefined) return afterStop(part, stopped)
      if (part.type === 'text-delta') return onText(part)
      if (part.type !== 'text-end' || pending === '') return [part]
      const rest: Part = { type: 'text-delta', index: part.index, text: pending }
      pending = ''
      return [rest, part]
    },
    answer: (answer) => cutAnswer(answer, stops),
    isOver: () => stopped !== undefined,
  }
}

/** Usage still comes, blocks that are open still close, and the end says why. */
function afterStop(part: Part, stopSequence: string): readonly Part[] {
  switch (part.type) {
    case 'usage':
    case 'ping':
    case 'text-end':
    case 'error':
      return [part]
    case 'turn-end':
      return [{ type: 'turn-end', reason: 'stop', stopSequence }]
    default:
      return []
  }
}

/** The sequence that is complete first, as a model that stops would see it; so it does not matter where deltas are cut. */
function firstStop(
  text: string,
  stops: readonly string[],
): { readonly at: number; readonly word: string } | undefined {
  let first: { readonly at: number; readonly end: number; readonly word: string } | undefined
  for (const word of stops) {
    const at = text.indexOf(word)
    if (at === -1) continue
    const end = at + word.length
    if (!first || end < first.end || (end === first.end && at < first.at)) first = { at, end, word }
  }
  return first
}

/** Length of the longest end of the text that begins a stop sequence. */
function openEnd(text: string, stops: readonly string[]): number {
  let longest = 0
  for (const word of stops) {
    for (let length = Math.min(word.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(word.slice(0, length))) longest = length
    }
  }
  return longest
}

function cutAnswer(answer: Answer, stops: readonly string[]): Answer {
  const content: Content[] = []
  for (const piece of answer.content) {
    const found = piece.type === 'text' ? firstStop(piece.text, stops) : undefined
    if (piece.type !== 'text' || !found) {
      content.push(piece)
      continue
    }
    content.push({ ...piece, text: piece.text.slice(0, found.at) })
    return { ...answer, content, finish: 'stop', stopSequence: found.word }
  }
  return answer
}
