import type { Conversation, ResponseFormat, Tool, ToolChoice } from '../../core/conversation.ts'
import type { EncodedRequest } from '../../core/dialect.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import { never } from '../../core/parts.ts'
import { effortOf, nearestEffort } from '../fidelity/effort.ts'
import { isForeignTool, losses } from '../fidelity/index.ts'
import { qualifiedName } from '../healing/qualified-name.ts'
import { encodeMessages } from './encode-messages.ts'
import { CHAT_EXTRAS } from './known-fields.ts'

export function encodeRequest(conversation: Conversation, model: Model): EncodedRequest {
  const degraded: string[] = losses(conversation, 'chat')
  const extras: JsonObject = {}
  for (const { name, value } of conversation.extras) {
    if (CHAT_EXTRAS.has(name)) extras[name] = value
    else degraded.push(name)
  }
  const tools = conversation.tools
    .filter((tool) => !isForeignTool(tool, 'chat'))
    .map((tool) => encodeTool(tool))
  const { logprobs, stream } = conversation
  const body: JsonObject = {
    model: model.id,
    messages: encodeMessages(conversation.turns),
    // An empty list is refused upstream.
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: tools.length > 0 ? encodeChoice(conversation) : undefined,
    parallel_tool_calls: tools.length > 0 ? conversation.parallelToolCalls : undefined,
    max_tokens: conversation.maxOutputTokens,
    temperature: conversation.temperature,
    top_p: conversation.topP,
    frequency_penalty: conversation.frequencyPenalty,
    presence_penalty: conversation.presencePenalty,
    seed: conversation.seed,
    stop: conversation.stop === undefined ? undefined : [...conversation.stop],
    n: conversation.candidates,
    logprobs: logprobs === undefined ? undefined : true,
    top_logprobs: logprobs?.top,
    response_format: encodeFormat(conversation.responseFormat),
    ...encodeReasoning(conversation, model),
    verbosity: conversation.verbosity,
    user: conversation.user,
    metadata: conversation.metadata,
    prompt_cache_key: conversation.cacheKey,
    stream,
    stream_options: stream ? { include_usage: true } : undefined,
    ...extras,
  }
  return { body: withoutUndefined(body), degraded }
}

function encodeTool(tool: Tool): JsonObject {
  switch (tool.kind) {
    case 'function':
      return {
        type: 'function',
        function: withoutUndefined({
          name: qualifiedName(tool),
          description: tool.description,
          parameters: tool.parameters,
          strict: tool.strict,
        }),
      }
    case 'custom':
      return {
        type: 'custom',
        custom: withoutUndefined({
          name: qualifiedName(tool),
          description: tool.description,
          format: nestedFormat(tool.format),
        }),
      }
    case 'server':
      return tool.value
    default:
      return never(tool)
  }
}

/** The hub's flat grammar in the chat wire's form. */
function nestedFormat(format: JsonObject | undefined): JsonObject | undefined {
  if (format?.['type'] !== 'grammar') return format
  const { type, ...grammar } = format
  return { type, grammar }
}

function encodeChoice({ toolChoice, tools }: Conversation): JsonValue | undefined {
  if (toolChoice === undefined) return undefined
  switch (toolChoice.kind) {
    case 'auto':
    case 'none':
    case 'required':
      return toolChoice.kind
    case 'tool':
      return namedTool(toolChoice, tools)
    case 'allowed':
      return {
        type: 'allowed_tools',
        allowed_tools: {
          mode: toolChoice.mode,
          tools: toolChoice.names.map((name) => namedTool({ kind: 'tool', name }, tools)),
        },
      }
    default:
      return never(toolChoice)
  }
}

function namedTool(choice: ToolChoice & { kind: 'tool' }, tools: readonly Tool[]): JsonObject {
  const chosen = tools.find((tool) => tool.name === choice.name)
  const name = qualifiedName(choice)
  return chosen?.kind === 'custom'
    ? { type: 'custom', custom: { name } }
    : { type: 'function', function: { name } }
}

function encodeFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  switch (format?.kind) {
    case undefined:
      return undefined
    case 'text':
      return { type: 'text' }
    case 'json-object':
      return { type: 'json_object' }
    case 'json-schema':
      return {
        type: 'json_schema',
        json_schema: withoutUndefined({
          name: format.name ?? 'answer',
          description: format.description,
          schema: format.schema,
          strict: format.strict,
        }),
      }
    default:
      return never(format)
  }
}

/** An effort word the model takes, or a budget for the models that think by budget. */
function encodeReasoning({ reasoning }: Conversation, { supports }: Model): JsonObject {
  if (reasoning === undefined) return {}
  const { budgetTokens, disabled, effort } = reasoning
  const { maxThinkingBudget, minThinkingBudget } = supports
  if (budgetTokens !== undefined && !disabled && effort === undefined && maxThinkingBudget) {
    const least = Math.max(budgetTokens, minThinkingBudget ?? 0)
    return { thinking_budget: Math.min(least, maxThinkingBudget) }
  }
  const word = effortOf(reasoning)
  if (word === undefined) return {}
  const level = nearestEffort(word, supports.reasoningEfforts)
  return level === undefined ? {} : { reasoning_effort: level }
}

function withoutUndefined(object: JsonObject): JsonObject {
  for (const name of Object.keys(object)) if (object[name] === undefined) delete object[name]
  return object
}
