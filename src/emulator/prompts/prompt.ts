import type { JsonObject } from '../../core/json.ts'

/** What a client asked, read from whichever wire; answers are made from this alone. */
export interface Prompt {
  readonly model: string
  readonly turns: readonly Turn[]
  readonly system: string
  readonly tools: readonly ToolOffer[]
  readonly toolChoice: ToolChoice
  readonly parallelTools: boolean
  readonly format: AnswerFormat
  /** Whether reasoning was asked for. */
  readonly thinks: boolean
  readonly stop: readonly string[]
  readonly maxTokens: number | undefined
}

export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly text: string
  /** Names of the tools an assistant turn called. */
  readonly calls: readonly string[]
  /** Texts of tool results. */
  readonly results: readonly string[]
}

export interface ToolOffer {
  readonly name: string
  readonly namespace?: string
  readonly kind: 'function' | 'custom'
  readonly description: string
  readonly schema: JsonObject
}

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'named'; readonly name: string }

export type AnswerFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | { readonly type: 'schema'; readonly schema: JsonObject }

/** Clients wrap reminders, dates and file lists in tags of their own; what is left is what the person wrote. */
const TAGGED = /<([a-z][\w-]*)(?:\s[^>]*)?>[\s\S]*?<\/\1>/gi

/** Some clients hand the words on in quotes. */
function unquoted(text: string): string {
  const inner = /^"([\s\S]*)"$/.exec(text.trim())?.[1]
  return inner === undefined ? text.trim() : inner.replaceAll('\\"', '"').trim()
}

/** The last thing a person said, and how many tool rounds were made since. */
export function lastRequest(prompt: Prompt): { readonly text: string; readonly rounds: number } {
  let rounds = 0
  for (const turn of prompt.turns.toReversed()) {
    if (turn.role === 'assistant' && turn.calls.length > 0) rounds += 1
    if (turn.role !== 'user') continue
    const said = unquoted(turn.text.replace(TAGGED, ''))
    // A tool result comes with reminders around it, which nobody wrote.
    if (said !== '') return { text: said, rounds }
    if (turn.text.trim() !== '' && turn.results.length === 0) {
      return { text: unquoted(turn.text), rounds }
    }
  }
  return { text: '', rounds }
}

/** The results of the newest tool round, when it is what the answer is about. */
export function newestResults(prompt: Prompt): readonly string[] {
  const results: string[] = []
  for (const turn of prompt.turns.toReversed()) {
    if (turn.role === 'assistant') break
    results.unshift(...turn.results)
  }
  return results
}
