import type { Conversation, ResponseFormat } from '../../core/conversation.ts'
import type { EncodedRequest } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import { effortOf, nearestEffort } from '../fidelity/effort.ts'
import { losses } from '../fidelity/losses.ts'
import { encodeInput } from './encode-input.ts'
import { encodeTools } from './encode-tools.ts'
import { OWN_EXTRAS } from './known-fields.ts'

/** The wire refuses a smaller bound, … */
const LEAST_OUTPUT_TOKENS = 16
/** … and a longer name of the user or of the cache. */
const LONGEST_NAME = 64

export function encodeRequest(conversation: Conversation, model: Model): EncodedRequest {
  const degraded = new Set<string>(losses(conversation, 'responses'))
  // Cut out of the answer by whoever heals the conversation first; here nothing can be done about them.
  if (conversation.stop?.length) degraded.add('stop')
  const { instructions, input } = encodeInput(conversation.turns)
  const { responseFormat, verbosity } = conversation
  const text = {
    ...(responseFormat ? { format: encodeFormat(responseFormat) } : {}),
    ...(verbosity === undefined ? {} : { verbosity }),
  }
  const body: JsonObject = {
    model: model.id,
    ...(instructions === undefined ? {} : { instructions }),
    input,
    ...encodeTools(conversation),
    ...encodeLimits(conversation, model, degraded),
    ...encodeSampling(conversation, model, degraded),
    ...encodeReasoning(conversation, model, degraded),
    ...(Object.keys(text).length > 0 ? { text } : {}),
    ...encodeNames(conversation, degraded),
    ...(conversation.metadata ? { metadata: conversation.metadata } : {}),
    // Copilot keeps nothing, and says so with an error.
    store: false,
    ...(conversation.stream ? { stream: true } : {}),
  }
  for (const { name, value } of conversation.extras) {
    if (OWN_EXTRAS.has(name)) body[name] = value
    else degraded.add(name)
  }
  return { body, degraded: [...degraded] }
}

function encodeLimits(
  { maxOutputTokens }: Conversation,
  { limits }: Model,
  degraded: Set<string>,
): JsonObject {
  if (maxOutputTokens === undefined) return {}
  const tokens = Math.max(
    LEAST_OUTPUT_TOKENS,
    Math.min(maxOutputTokens, limits.outputTokens ?? Infinity),
  )
  if (tokens !== maxOutputTokens) degraded.add('max_tokens')
  return { max_output_tokens: tokens }
}

/** Models that reason refuse to be told how to sample. 1 is what holds without it. */
function encodeSampling(
  { temperature, topP, logprobs }: Conversation,
  model: Model,
  degraded: Set<string>,
): JsonObject {
  const reasons = model.supports.reasoningEfforts.length > 0
  const sampling: JsonObject = {}
  if (temperature !== undefined && temperature !== 1) {
    if (reasons) degraded.add('temperature')
    else sampling['temperature'] = temperature
  }
  if (topP !== undefined && topP !== 1) {
    if (reasons) degraded.add('top_p')
    else sampling['top_p'] = topP
  }
  if (logprobs) sampling['top_logprobs'] = logprobs.top ?? 0
  return sampling
}

/** Sealed reasoning is wanted back whenever there may be some: without it the next turn forgets, and costs more. */
function encodeReasoning(
  { reasoning, logprobs }: Conversation,
  model: Model,
  degraded: Set<string>,
): JsonObject {
  const levels = model.supports.reasoningEfforts
  const word = reasoning && effortOf(reasoning)
  const effort = word === undefined ? undefined : nearestEffort(word, levels)
  if (word !== undefined && word !== 'none' && effort === undefined)
    degraded.add('reasoning_effort')
  const summary = reasoning?.summary
  const wanted = {
    ...(effort === undefined ? {} : { effort }),
    ...(summary === undefined || levels.length === 0 ? {} : { summary }),
  }
  const include = [
    ...(reasoning?.includeSealed || levels.length > 0 ? ['reasoning.encrypted_content'] : []),
    ...(logprobs ? ['message.output_text.logprobs'] : []),
  ]
  return {
    ...(Object.keys(wanted).length > 0 ? { reasoning: wanted } : {}),
    ...(include.length > 0 ? { include } : {}),
  }
}

function encodeFormat(format: ResponseFormat): JsonObject {
  if (format.kind !== 'json-schema') {
    return { type: format.kind === 'text' ? 'text' : 'json_object' }
  }
  const { name, description, schema, strict } = format
  return {
    type: 'json_schema',
    name: name ?? 'answer',
    ...(description === undefined ? {} : { description }),
    schema,
    ...(strict === undefined ? {} : { strict }),
  }
}

function encodeNames({ user, cacheKey }: Conversation, degraded: Set<string>): JsonObject {
  const names: JsonObject = {}
  if (user !== undefined) {
    if (user.length > LONGEST_NAME) degraded.add('user')
    else names['user'] = user
  }
  // A hint only: its end tells sessions apart.
  if (cacheKey !== undefined) names['prompt_cache_key'] = cacheKey.slice(-LONGEST_NAME)
  return names
}
