import type { Conversation, Reasoning } from '../../core/conversation.ts'
import { asArray, asObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Model, ModelSupports } from '../../core/model.ts'
import { budgetFromEffort, effortFromBudget, nearestEffort } from '../fidelity/effort.ts'

export interface EncodedThinking {
  readonly thinking?: JsonObject
  readonly effort?: string
  /** Thinking will happen: sampling settings that exclude it must go. */
  readonly on: boolean
  /** What was asked for cannot be done by this model or beside the other settings. */
  readonly lost: boolean
}

/** The wire's own lower bound of a budget. */
const SMALLEST_BUDGET = 1024

/** How much the model thinks, in the form that it takes: adaptive with an effort word, or a budget in tokens. */
export function encodeThinking(
  conversation: Conversation,
  model: Model,
  maxTokens: number,
  messages: readonly JsonObject[] = [],
): EncodedThinking {
  const { reasoning, toolChoice } = conversation
  if (!reasoning || !isAsked(reasoning)) return { on: false, lost: false }
  if (reasoning.disabled || reasoning.effort === 'none') {
    return { thinking: { type: 'disabled' }, on: false, lost: false }
  }
  // A call that is forced leaves no room to think; the wire refuses both together.
  const forced = toolChoice?.kind === 'required' || toolChoice?.kind === 'tool'
  const { supports } = model
  const adaptive = supports.adaptiveThinking
  const budgeted =
    supports.maxThinkingBudget !== undefined || supports.minThinkingBudget !== undefined
  if (forced || !(adaptive || budgeted)) return { on: false, lost: true }
  if (adaptive) return encodeAdaptive(reasoning, supports)
  return lacksThinking(messages)
    ? { on: false, lost: true }
    : encodeBudget(reasoning, supports, maxTokens)
}

/**
 * Whether results answer calls that were made without thinking, or whose thinking the client did not give back, as most clients
 * of other wires do not. With a budget the wire refuses that: "Expected `thinking` or `redacted_thinking`, but found `tool_use`".
 */
function lacksThinking(messages: readonly JsonObject[]): boolean {
  const content = asArray(messages.findLast(({ role }) => role === 'assistant')?.['content'])
  const types = content.map((block) => asObject(block)?.['type'])
  return types.includes('tool_use') && types[0] !== 'thinking' && types[0] !== 'redacted_thinking'
}

/** Wanting a seal back for reasoning that may happen asks for none. */
function isAsked({ effort, budgetTokens, adaptive, disabled, summary }: Reasoning): boolean {
  return [effort, budgetTokens, adaptive, disabled, summary].some((wish) => wish !== undefined)
}

function encodeAdaptive(reasoning: Reasoning, supports: ModelSupports): EncodedThinking {
  const { effort: word, budgetTokens } = reasoning
  const asked = word ?? (budgetTokens === undefined ? undefined : effortFromBudget(budgetTokens))
  const effort = asked === undefined ? undefined : nearestEffort(asked, supports.reasoningEfforts)
  return {
    thinking: {
      type: 'adaptive',
      ...(reasoning.summary === undefined ? {} : { display: 'summarized' }),
    },
    ...(effort === undefined ? {} : { effort }),
    on: true,
    lost: false,
  }
}

function encodeBudget(
  reasoning: Reasoning,
  supports: ModelSupports,
  maxTokens: number,
): EncodedThinking {
  const wanted = reasoning.budgetTokens ?? budgetFromEffort(reasoning.effort ?? 'medium')
  const least = Math.max(supports.minThinkingBudget ?? SMALLEST_BUDGET, SMALLEST_BUDGET)
  const most = Math.min(supports.maxThinkingBudget ?? Infinity, maxTokens - 1)
  if (most < least) return { on: false, lost: true }
  const budget = Math.min(Math.max(wanted, least), most)
  return { thinking: { type: 'enabled', budget_tokens: budget }, on: true, lost: false }
}
