import type { Call } from '../../core/call.ts'
import type { Conversation } from '../../core/conversation.ts'
import type { Dialect, RequestFacts, Wire } from '../../core/dialect.ts'
import type { EmbeddingRequest } from '../../core/embedding.ts'
import { BadRequestError, JetwayError } from '../../core/errors.ts'
import { asObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Model, WireName } from '../../core/model.ts'
import type { Rewrite } from '../../core/plan.ts'
import { spliceJson } from '../../core/splice.ts'
import type { Access, Mend, Upstream } from '../../core/upstream.ts'
import { heal, offersOtherTools, takesOnlyFunctions } from '../../dialects/healing/index.ts'
import type { Restorer } from '../../dialects/healing/index.ts'
import { chainRestorers } from '../../dialects/healing/restorer.ts'
import type { SearchPlan } from '../web-search/search-plan.ts'
import { searchLosses, withSearch } from '../web-search/search-plan.ts'
import { createSearchRestorer } from '../web-search/restore-search.ts'
import { encodeEmbedding } from '../embed/embeddings-wire.ts'
import type { WireChoice } from './choose-wire.ts'
import { sdkDefaults } from './defaults.ts'
import { healRelayed } from './heal-relayed.ts'
import type { RelayedHealing } from './heal-relayed.ts'
import type { Outbound } from './outbound.ts'

export interface PlanInput {
  readonly call: Call
  readonly dialect: Dialect
  readonly wires: ReadonlyMap<WireName, Wire>
  readonly facts: RequestFacts
  readonly model: Model
  readonly choice: WireChoice
  readonly upstream: Pick<Upstream, 'provider' | 'prepare'>
  readonly access: Access
  readonly extraHeaders: Readonly<Record<string, string>>
  readonly attempt: number
  readonly lessons: readonly Mend[]
  readonly dropParams: boolean
  /** The model takes no tools but functions: others become some. @default what its vendor's usually do */
  readonly onlyFunctions?: boolean | undefined
  /** The request decoded, made at most once for a call however many attempts it takes. */
  readonly decoded: Decoded
  /** Set when another model searches the web for the one that was asked. */
  readonly search?: SearchPlan | undefined
  /** What was changed before. @default [] */
  readonly rewrites?: readonly Rewrite[] | undefined
}

export interface Decoded {
  conversation(): Conversation
  embedding(): EmbeddingRequest
}

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

function joined<T>(first: readonly T[], second: readonly T[]): readonly T[] {
  if (first.length === 0) return second
  return second.length === 0 ? first : [...first, ...second]
}

/** A whole answer of some models is cut at a limit of its own: then it is asked for as a stream, and put together here. */
function streamsUpstream(call: Call, facts: RequestFacts, model: Model): boolean {
  if (call.operation !== 'generate') return false
  if (call.stream) return model.supports.streaming
  const limit = model.limits.nonStreamingOutputTokens
  if (limit === undefined || !model.supports.streaming) return false
  return (facts.maxOutputTokens ?? model.limits.outputTokens ?? Infinity) > limit
}

/** Where the wire has no stop sequences the upstream is stopped by hand, and only a stream can be. */
function stopsHere({ call, dialect, choice, model, decoded }: PlanInput): boolean {
  if (choice.wire !== 'responses' || dialect.wire === 'responses' || call.stream) return false
  if (dialect.operation !== 'generate' || !model.supports.streaming) return false
  return decoded.conversation().stop?.some((word) => word !== '') ?? false
}

interface DraftBody {
  readonly body: JsonObject
  readonly conversation: Conversation | undefined
  readonly embedding: EmbeddingRequest | undefined
  readonly restore: Restorer | undefined
  readonly rewrites: readonly Rewrite[]
  readonly degraded: readonly string[]
  /** The bytes to send, with the vendor's changes on top. */
  print(edits: ReadonlyMap<string, JsonValue | undefined>): Uint8Array
}

/** The client's own bytes, with single members changed in place. */
function ownBody(input: PlanInput, stream: boolean): DraftBody {
  const { call, dialect, facts, model, decoded } = input
  const { bytes, json } = call.body
  const own = new Map<string, JsonValue | undefined>()
  const rewrites: Rewrite[] = []
  if (json['model'] !== model.id) {
    own.set('model', model.id)
    const reason = json['model'] === undefined ? 'none was named' : "the upstream's own name"
    rewrites.push({ field: 'model', action: 'set', reason })
  }
  if (call.operation === 'generate' && (json['stream'] === true) !== stream)
    own.set('stream', stream)
  if (call.options.sdkDefaults === true && dialect.name === 'chat') {
    const defaults = sdkDefaults(json, facts, model)
    for (const [field, value] of defaults.edits) own.set(field, value)
    rewrites.push(...defaults.rewrites)
  }
  const degraded: string[] = []
  for (const repair of input.wires.get(input.choice.wire)?.repairRequest(json) ?? []) {
    own.set(repair.field, repair.value)
    rewrites.push({ field: repair.field, action: 'repaired', reason: repair.reason })
    if (repair.loses !== undefined) degraded.push(repair.loses)
  }
  const healing = healingOf(input, own.size === 0 ? json : withEdits(json, own))
  for (const [field, value] of healing?.members ?? []) {
    own.set(field, value)
    rewrites.push({ field, action: 'repaired', reason: 'refused as it was, and healed' })
  }
  degraded.push(...(healing?.degraded ?? []))
  const restore = healing?.restore
  return {
    body: own.size === 0 ? json : withEdits(json, own),
    conversation:
      stream === call.stream && restore === undefined ? undefined : decoded.conversation(),
    embedding: undefined,
    restore,
    rewrites,
    degraded,
    print(edits) {
      if (own.size === 0) return spliceJson(bytes, edits)
      for (const [field, value] of edits) own.set(field, value)
      return spliceJson(bytes, own)
    },
  }
}

/** After a refusal, and ahead of one that is certain: what is accepted is never decoded. */
function healingOf(input: PlanInput, body: JsonObject): RelayedHealing | undefined {
  const { call, choice, model, lessons, decoded } = input
  const refused = lessons.some(({ kind }) => kind === 'heal-request')
  const wire = input.wires.get(choice.wire)
  if (wire === undefined || call.operation !== 'generate' || choice.wire === 'embeddings') {
    return undefined
  }
  const onlyFunctions = input.onlyFunctions ?? takesOnlyFunctions(choice.wire, model)
  if (!refused && !offersOtherTools(body, choice.wire, onlyFunctions)) return undefined
  try {
    return healRelayed(body, decoded.conversation(), wire, model, onlyFunctions)
  } catch (error) {
    // What cannot be read is refused in the upstream's words.
    if (error instanceof BadRequestError) return undefined
    throw error
  }
}

/** Another wire than the client's: decoded to the hub's form and printed anew. */
function encodedBody(input: PlanInput, stream: boolean): DraftBody {
  const { dialect, model, choice, decoded } = input
  if (dialect.operation === 'embed') {
    const embedding = decoded.embedding()
    return printed(encodeEmbedding(embedding, model), {
      embedding,
      conversation: undefined,
      restore: undefined,
    })
  }
  const asked = decoded.conversation()
  if ((asked.candidates ?? 1) > 1 && choice.wire !== 'chat') {
    throw new BadRequestError(
      `${model.id} answers over ${choice.wire}, which gives one answer: ask once for each`,
      { param: 'n', code: 'unsupported_parameter' },
    )
  }
  const conversation = { ...asked, stream }
  const wire = input.wires.get(choice.wire)
  if (wire === undefined) {
    throw new JetwayError(`no codec for the wire ${choice.wire}`, { code: 'wire_missing' })
  }
  const { search } = input
  const sent = search === undefined ? conversation : withSearch(conversation, search)
  // What the upstream would refuse the whole conversation for is mended and named.
  const healed =
    choice.wire === 'embeddings'
      ? { conversation: sent, degraded: [], restore: undefined }
      : heal(sent, choice.wire, model, input.onlyFunctions)
  const encoded = wire.encodeRequest(healed.conversation, model)
  const whole = { ...encoded.body, model: model.id }
  const body = dialect.operation === 'count-tokens' ? onlyCounted(whole) : whole
  const degraded = joined(healed.degraded, encoded.degraded)
  if (search === undefined) {
    const { restore } = healed
    return printed({ body, degraded }, { conversation, embedding: undefined, restore })
  }
  const shown = createSearchRestorer(dialect.name, input.call.id)
  const restore = chainRestorers([healed.restore, shown])
  const named = joined(searchLosses(search), degraded)
  return printed({ body, degraded: named }, { conversation, embedding: undefined, restore })
}

function printed(
  { body, degraded }: { readonly body: JsonObject; readonly degraded: readonly string[] },
  decoded: Pick<DraftBody, 'conversation' | 'embedding' | 'restore'>,
): DraftBody {
  return {
    body,
    ...decoded,
    rewrites: [],
    degraded,
    print: (edits) => Buffer.from(JSON.stringify(edits.size === 0 ? body : withEdits(body, edits))),
  }
}

function withEdits(
  body: JsonObject,
  edits: ReadonlyMap<string, JsonValue | undefined>,
): JsonObject {
  const edited: JsonObject = { ...body }
  for (const [field, value] of edits) edited[field] = value
  return edited
}

/**
 * What https://docs.anthropic.com/en/api/messages-count-tokens takes of a request: the prompt, nothing of how to answer it.
 */
const COUNTED = new Set(['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking'])

function onlyCounted(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([field]) => COUNTED.has(field)))
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
