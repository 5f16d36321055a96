import type { Call } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import type { Engine } from '../../core/engine.ts'
import { asArray, asObject, asString, isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { CallRecord } from '../../core/ledger.ts'
import type { ResponseStore } from '../../core/response-store.ts'
import type { ResponsesSettings } from '../../core/settings.ts'
import type { Sink } from '../../core/sink.ts'
import { spliceJson } from '../../core/splice.ts'
import { ownerOf } from '../responses/response-book.ts'
import { ReasoningTap } from './reasoning-tap.ts'
import type { SealedTurn } from './reasoning-tap.ts'

export interface ReasoningOptions {
  /** Bounded in bytes over all owners by itself. */
  readonly store: ResponseStore
  readonly settings: () => ResponsesSettings
  readonly clock: Clock
}

/** Of one owner. A turn of a model takes some kilobytes, and a task some hundred turns. */
const BOUNDS = { maxCount: 2000, maxBytes: 16 * 1024 * 1024 }
/** An agent sends a call's result within minutes; a person who is asked may take longer. */
const KEEP_MS = 3_600_000

/**
 * Clients of OpenAI's chat API do not know `reasoning_opaque` and send a turn back without it, GitHub's own Copilot CLI with
 * another provider among them. The model then has lost its thoughts in the middle of its work, between a call and its result.
 * They are kept for a while, by the ids of the calls, and put back for the same caller and model; never in the place of what
 * a client sends itself.
 */
export function keepReasoning(engine: Engine, options: ReasoningOptions): Engine {
  /** Whose models have sealed anything at all: nobody else's requests are searched for gaps. As many as there are keys. */
  const owners = new Set<string>()
  const keep = async (call: Call, sink: Sink, ttlMs: number): Promise<CallRecord> => {
    const ready = owners.has(ownerOf(call.caller)) ? await withReasoning(call, options) : call
    const tap = new ReasoningTap(sink, (turn) => {
      owners.add(ownerOf(call.caller))
      remember(call, turn, ttlMs, options)
    })
    return await engine.run(ready, tap)
  }
  return {
    run(call, sink) {
      if (call.dialect !== 'chat' || !offersTools(call)) return engine.run(call, sink)
      const ttlMs = Math.min(KEEP_MS, options.settings().keepMs)
      return ttlMs > 0 ? keep(call, sink, ttlMs) : engine.run(call, sink)
    },
    listModels: (caller, signal) => engine.listModels(caller, signal),
  }
}

function offersTools({ body: { json } }: Call): boolean {
  return asArray(json['tools']).length > 0
}

function remember(
  { caller, model }: Call,
  { callIds, opaque, text }: SealedTurn,
  ttlMs: number,
  { store, clock }: ReasoningOptions,
): void {
  const id = callIds.find(isUnique)
  if (id === undefined) return
  const createdAt = clock.now()
  void store.save(
    {
      id,
      owner: ownerOf(caller),
      createdAt,
      expiresAt: createdAt + ttlMs,
      body: JSON.stringify({ model, opaque, text }),
    },
    BOUNDS,
  )
}

/** Some models count their calls, so that conversations share their ids. */
function isUnique(id: string): boolean {
  return id.length >= 12 && !/[^a-z0-9]\d{1,4}$/i.test(id)
}

async function withReasoning(call: Call, { store, clock }: ReasoningOptions): Promise<Call> {
  const { json, bytes } = call.body
  const { messages } = json
  if (!Array.isArray(messages)) return call
  const owner = ownerOf(call.caller)
  const now = clock.now()
  const found = new Map<JsonValue, JsonObject>()
  for (const message of messages) {
    const id = forgottenCall(message)
    const kept = id === undefined ? undefined : await store.find(id, owner, now)
    const turn = kept === undefined ? undefined : tryParseJson(kept.body)
    if (isJsonObject(turn) && turn['model'] === call.model && isJsonObject(message)) {
      const { reasoning_text: own } = message
      const reasoning_text = asString(own) ?? turn['text'] ?? ''
      found.set(message, {
        ...message,
        ...(reasoning_text === '' ? {} : { reasoning_text }),
        reasoning_opaque: turn['opaque'] ?? '',
      })
    }
  }
  if (found.size === 0) return call
  const whole = messages.map((message) => found.get(message) ?? message)
  const body = {
    bytes: spliceJson(bytes, new Map([['messages', whole]])),
    json: { ...json, messages: whole },
  }
  return { ...call, body }
}

/** The call by which the reasoning of a turn was kept, where the client sends the turn without it. */
function forgottenCall(message: JsonValue): string | undefined {
  if (!isJsonObject(message) || message['role'] !== 'assistant') return undefined
  if (asString(message['reasoning_opaque'])) return undefined
  const ids = asArray(message['tool_calls']).map((call) => asString(asObject(call)?.['id']) ?? '')
  return ids.find(isUnique)
}
