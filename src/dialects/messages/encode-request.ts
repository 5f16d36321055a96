import type { Conversation, ResponseFormat } from '../../core/conversation.ts'
import type { EncodedRequest } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import { losses } from '../fidelity/losses.ts'
import { fitCacheMarks } from './cache-marks.ts'
import { type EncodedThinking, encodeThinking } from './encode-thinking.ts'
import { encodeTools } from './encode-tools.ts'
import { encodeTurns } from './encode-turns.ts'

/** When neither the caller nor the catalogue says: enough for an answer, accepted by every model of this wire. */
const DEFAULT_MAX_TOKENS = 4096

export function encodeRequest(conversation: Conversation, model: Model): EncodedRequest {
  const degraded = new Set<string>(losses(conversation, 'messages'))
  const maxTokens = encodeMaxTokens(conversation, model, degraded)
  const { system, messages } = encodeTurns(conversation.turns)
  const thinking = encodeThinking(conversation, model, maxTokens, messages)
  if (thinking.lost) degraded.add('reasoning_effort')
  const format = encodeFormat(conversation.responseFormat, model, degraded)
  const instructions = format.sentence
    ? [...system, { type: 'text', text: format.sentence }]
    : [...system]
  const stop = conversation.stop?.filter((word) => /\S/.test(word)) ?? []
  if (stop.length < (conversation.stop?.length ?? 0)) degraded.add('stop')
  const outputConfig = {
    ...(thinking.effort === undefined ? {} : { effort: thinking.effort }),
    ...(format.format ? { format: format.format } : {}),
  }
  const body: JsonObject = {
    model: model.id,
    max_tokens: maxTokens,
    ...(instructions.length > 0 ? { system: instructions } : {}),
    messages: [...messages],
    ...encodeTools(conversation),
    ...(thinking.thinking ? { thinking: thinking.thinking } : {}),
    ...(Object.keys(outputConfig).length > 0 ? { output_config: outputConfig } : {}),
    ...encodeSampling(conversation, thinking, degraded),
    ...(stop.length > 0 ? { stop_sequences: stop } : {}),
    ...encodeUser(conversation.user, degraded),
    ...(conversation.stream ? { stream: true } : {}),
  }
  for (const { name, value } of conversation.extras) {
    if (OWN_EXTRAS.has(name)) body[name] = value
    else degraded.add(name)
  }
  if (fitCacheMarks(body)) degraded.add('cache_control')
  return { body, degraded: [...degraded] }
}

/** Fields of this wire that the hub has no word for. */
const OWN_EXTRAS: ReadonlySet<string> = new Set([
  'container',
  'context_management',
  'inference_geo',
  'mcp_servers',
  'speed',
])

function encodeMaxTokens(
  { maxOutputTokens, stream }: Conversation,
  { limits }: Model,
  degraded: Set<string>,
): number {
  const most = stream
    ? limits.outputTokens
    : Math.min(limits.outputTokens ?? Infinity, limits.nonStreamingOutputTokens ?? Infinity)
  const limit = most === undefined || most === Infinity ? undefined : most
  if (maxOutputTokens === undefined) return limit ?? DEFAULT_MAX_TOKENS
  if (limit === undefined || maxOutputTokens <= limit) return maxOutputTokens
  degraded.add('max_tokens')
  return limit
}

/** The wire takes an opaque id alone: what looks like an address, a number or a name of that length fails the request. */
function encodeUser(user: string | undefined, degraded: Set<string>): JsonObject {
  if (user === undefined) return {}
  const personal = /[^\s@]@[^\s@]+\.[^\s@]/.test(user) || /^\+?[\d\s().-]{7,20}$/.test(user)
  if (!personal && user.length <= 256) return { metadata: { user_id: user } }
  degraded.add('user')
  return {}
}

/** Claude refuses `temperature` and `top_p` together, either beside thinking, and a temperature above 1. */
function encodeSampling(
  { temperature, topP, topK }: Conversation,
  thinking: EncodedThinking,
  degraded: Set<string>,
): JsonObject {
  const sampling: JsonObject = {}
  if (temperature !== undefined) {
    if (thinking.on) {
      if (temperature !== 1) degraded.add('temperature')
    } else {
      if (temperature > 1) degraded.add('temperature')
      sampling['temperature'] = Math.min(temperature, 1)
    }
  }
  // 1 is what holds without it.
  if (topP !== undefined && topP !== 1) {
    if (temperature !== undefined || (thinking.on && topP < 0.95)) degraded.add('top_p')
    else sampling['top_p'] = topP
  }
  if (topK !== undefined) {
    if (thinking.on) degraded.add('top_k')
    else sampling['top_k'] = topK
  }
  return sampling
}

/** A schema where the model takes one; else a sentence of the system prompt says what is wanted. */
function encodeFormat(
  format: ResponseFormat | undefined,
  model: Model,
  degraded: Set<string>,
): { readonly format?: JsonObject; readonly sentence?: string } {
  if (format?.kind === 'json-object') {
    return { sentence: 'Answer with one JSON object and nothing else.' }
  }
  if (format?.kind !== 'json-schema') return {}
  if (model.supports.structuredOutputs) {
    return { format: { type: 'json_schema', schema: format.schema } }
  }
  degraded.add('json_schema')
  const schema = JSON.stringify(format.schema)
  return {
    sentence: `Answer with one JSON value that is valid by this JSON Schema, and nothing else:\n${schema}`,
  }
}
