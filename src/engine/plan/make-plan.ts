import type { Call } from '../../core/call.ts'
import type { RequestFacts } from '../../core/dialect.ts'
import { BadRequestError } from '../../core/errors.ts'
import { asObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import { stopsCutHere } from '../../dialects/healing/index.ts'
import { joined } from './draft-body.ts'
import { encodedBody } from './encoded-body.ts'
import type { Outbound } from './outbound.ts'
import { ownBody } from './own-body.ts'
import type { PlanInput } from './plan-input.ts'

/** Values in, a plan out: what will be sent, and why. Throws a `BadRequestError` where the model cannot do what is asked. */
export function makePlan(input: PlanInput): Outbound {
  const { call, dialect, model, choice, facts } = input
  const { wire } = choice
  const upstreamStream = streamsUpstream(call, facts, model) || stopsHere(input)
  const relayed = dialect.wire === wire && dialect.operation !== 'embed'
  const draft = relayed ? ownBody(input, upstreamStream) : encodedBody(input, upstreamStream)
  const asIs = relayed && upstreamStream === call.stream && draft.restore === undefined
  const mode = asIs ? 'relay' : 'translate'
  const prepared = input.upstream.prepare({
    model,
    wire,
    body: draft.body,
    facts,
    callerHeaders: call.headers,
    extraHeaders: input.extraHeaders,
    access: input.access,
    requestId: call.id,
    attempt: input.attempt,
    stream: upstreamStream,
    dropParams: input.dropParams,
    lessons: input.lessons,
  })
  const edits =
    dialect.operation === 'count-tokens' ? onlyKnown(prepared.edits, draft.body) : prepared.edits
  const degraded = joined(draft.degraded, prepared.degraded)
  if (call.options.strict === true && degraded.length > 0) throw tooLossy(degraded, model)
  return {
    model,
    conversation: draft.conversation,
    embedding: draft.embedding,
    restore: draft.restore,
    includeUsage: asObject(call.body.json['stream_options'])?.['include_usage'] === true,
    plan: {
      provider: input.upstream.provider,
      model: model.id,
      wire,
      wireReason: choice.reason,
      dialect: dialect.name,
      mode,
      path: dialect.operation === 'count-tokens' ? `${prepared.path}/count_tokens` : prepared.path,
      headers: prepared.headers,
      body: draft.print(edits),
      upstreamStream,
      initiator: prepared.initiator,
      rewrites: joined(input.rewrites ?? [], joined(draft.rewrites, prepared.rewrites)),
      degraded,
    },
  }
}

/** A whole answer of some models is cut at a limit of its own: then it is asked for as a stream, and put together here. */
function streamsUpstream(call: Call, facts: RequestFacts, model: Model): boolean {
  if (call.operation !== 'generate') return false
  if (call.stream) return model.supports.streaming
  const limit = model.limits.nonStreamingOutputTokens
  if (limit === undefined || !model.supports.streaming) return false
  return (facts.maxOutputTokens ?? model.limits.outputTokens ?? Infinity) > limit
}

/** Where the wire leaves stop sequences to us the upstream is stopped by hand, and only a stream can be. */
function stopsHere({ call, dialect, choice, model, decoded }: PlanInput): boolean {
  const { wire } = choice
  if (call.stream || wire === dialect.wire || wire === 'embeddings') return false
  if (dialect.operation !== 'generate' || !model.supports.streaming) return false
  return stopsCutHere(decoded.conversation(), wire).length > 0
}

/** Counting takes only what it counts: a member that the request does not hold is not added to it. */
function onlyKnown(
  edits: ReadonlyMap<string, JsonValue | undefined>,
  body: JsonObject,
): ReadonlyMap<string, JsonValue | undefined> {
  return new Map([...edits].filter(([field]) => field in body))
}

function tooLossy(degraded: readonly string[], model: Model): BadRequestError {
  return new BadRequestError(
    `refused because strict fidelity is asked for: ${model.id} would not be sent ${degraded.join(', ')}`,
    { code: 'would_degrade', ...(degraded[0] === undefined ? {} : { param: degraded[0] }) },
  )
}
