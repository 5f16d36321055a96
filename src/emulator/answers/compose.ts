import { tryParseJson } from '../../core/json.ts'
import { countPieces, pieces } from '../accounting/count-tokens.ts'
import { lastRequest, newestResults } from '../prompts/prompt.ts'
import type { Prompt, ToolOffer } from '../prompts/prompt.ts'
import type { Answer, AnsweredCall } from './answer.ts'
import { directiveRounds } from './directives.ts'
import type { Directive } from './directives.ts'
import { instanceOf } from './instance.ts'
import type { InstanceContext } from './instance.ts'
import { paragraph, shorten, thoughts, titleOf, words } from './prose.ts'
import { findShellTool } from './shell-tool.ts'

/** Answers a prompt; the same prompt always gets the same answer. */
export function compose(prompt: Prompt): Answer {
  const { text: question, rounds } = lastRequest(prompt)
  const round = directiveRounds(question)[rounds] ?? []
  const thinking = prompt.thinks ? thoughts(question) : ''

  const refusal = round.find((directive) => directive.type === 'refuse')
  if (refusal)
    return limited(prompt, { thinking, text: refusal.reason, calls: [], finish: 'refusal' })
  if (round.some((directive) => directive.type === 'filter')) {
    return limited(prompt, { thinking, text: '', calls: [], finish: 'filter' })
  }
  const calls = callsFor(prompt, round, rounds, question)
  if (calls.length > 0) {
    const text = rounds === 0 && prompt.toolChoice.type === 'auto' ? "I'll look into that." : ''
    return limited(prompt, { thinking, text, calls, finish: 'tool' })
  }
  return limited(prompt, {
    thinking,
    text: plainText(prompt, round, rounds, question),
    calls: [],
    finish: 'stop',
  })
}

type Draft = Pick<Answer, 'thinking' | 'text' | 'calls' | 'finish'>

/** Applies stop sequences and the output limit, and counts what is left. */
function limited(prompt: Prompt, draft: Draft): Answer {
  const thinkingTokens = countPieces(draft.thinking)
  let { text, calls, finish } = draft
  let stopSequence: string | undefined
  for (const stop of prompt.stop) {
    const at = stop === '' ? -1 : text.indexOf(stop)
    if (at === -1) continue
    text = text.slice(0, at)
    calls = []
    finish = 'stop'
    stopSequence = stop
  }
  const callTokens = (list: readonly AnsweredCall[]): number =>
    list.reduce((sum, call) => sum + countPieces(call.name) + countPieces(call.input), 0)
  const budget = Math.max(0, (prompt.maxTokens ?? Infinity) - thinkingTokens)
  const inText = pieces(text)
  if (inText.length + callTokens(calls) > budget) {
    text = inText.slice(0, budget).join('')
    calls = []
    finish = 'length'
    stopSequence = undefined
  }
  const outputTokens = thinkingTokens + countPieces(text) + callTokens(calls)
  return {
    thinking: draft.thinking,
    text,
    calls,
    finish,
    stopSequence,
    outputTokens,
    thinkingTokens,
  }
}

function callsFor(
  prompt: Prompt,
  round: readonly Directive[],
  rounds: number,
  question: string,
): AnsweredCall[] {
  const choice = prompt.toolChoice
  if (prompt.tools.length === 0 || choice.type === 'none') return []
  const asked = round.flatMap((directive) => callFor(prompt.tools, directive))
  if (asked.length > 0) return prompt.parallelTools ? asked : asked.slice(0, 1)
  // A choice that forces a call holds for the first round only: else no client would ever get its text.
  if (rounds > 0 && newestResults(prompt).length > 0) return []
  if (choice.type === 'auto') return []
  const tool =
    choice.type === 'named'
      ? prompt.tools.find((offer) => offer.name === choice.name)
      : prompt.tools[0]
  return tool ? [madeUpCall(tool, question)] : []
}

function callFor(tools: readonly ToolOffer[], directive: Directive): AnsweredCall[] {
  if (directive.type === 'run') {
    const shell = findShellTool(tools)
    return shell ? [calling(shell.tool, JSON.stringify(shell.argumentsFor(directive.command)))] : []
  }
  if (directive.type !== 'call') return []
  const tool = tools.find((offer) => offer.name === directive.name)
  if (!tool) return []
  if (tool.kind === 'custom') return [calling(tool, directive.input)]
  const input = directive.input === '' ? '{}' : directive.input
  return [calling(tool, tryParseJson(input) === undefined ? JSON.stringify({ input }) : input)]
}

function madeUpCall(tool: ToolOffer, question: string): AnsweredCall {
  const input =
    tool.kind === 'custom'
      ? shorten(question, 80)
      : JSON.stringify(instanceOf(tool.schema, contextFor(question)))
  return calling(tool, input)
}

function calling(tool: ToolOffer, input: string): AnsweredCall {
  return {
    name: tool.name,
    kind: tool.kind,
    input,
    ...(tool.namespace !== undefined && { namespace: tool.namespace }),
  }
}

function contextFor(question: string): InstanceContext {
  return { title: titleOf(question), sentence: shorten(paragraph(question), 200) }
}

function plainText(
  prompt: Prompt,
  round: readonly Directive[],
  rounds: number,
  question: string,
): string {
  if (prompt.format.type === 'schema') {
    return JSON.stringify(instanceOf(prompt.format.schema, contextFor(question)))
  }
  if (prompt.format.type === 'json') {
    const context = contextFor(question)
    return JSON.stringify({ title: context.title, answer: context.sentence })
  }
  for (const directive of round) {
    if (directive.type === 'say') return directive.text
    if (directive.type === 'words') return words(directive.count, question)
  }
  const results = rounds === 0 ? [] : newestResults(prompt)
  if (results.length > 0) {
    return `The tool answered:\n\n${results.map((result) => result.trim()).join('\n\n')}\n\nThat is done.`
  }
  if (prompt.tools.length === 0 && isTitleCall(prompt.system)) return titleOf(question)
  return paragraph(question)
}

/** Clients name their sessions with a call of its own; they show the answer as it is. */
function isTitleCall(system: string): boolean {
  return /\btitle generator\b|\b(?:generate|write|create)\b[^.\n]{0,60}\btitle\b/i.test(system)
}
