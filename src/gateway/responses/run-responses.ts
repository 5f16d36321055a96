import type { Call } from '../../core/call.ts'
import { BadRequestError } from '../../core/errors.ts'
import type { Engine } from '../../core/engine.ts'
import { asObject, asString } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { CallRecord } from '../../core/ledger.ts'
import type { Sink } from '../../core/sink.ts'
import { spliceJson } from '../../core/splice.ts'
import { answerCompaction, answerCompactRequest } from './compaction/answer-compaction.ts'
import { isCompaction, readSummaries } from './compaction/compaction-items.ts'
import { conversationAfter, itemsOfInput } from './input-items.ts'
import { resolveReferences } from './item-references.ts'
import { printable } from './printable.ts'
import type { ResponseBook } from './response-book.ts'
import { ResponseTap } from './response-tap.ts'

/** What a connection knows beside the book: responses that are not stored. */
export interface ConversationMemory {
  find(id: string): readonly JsonValue[] | undefined
  /** All that was said to the model, and what it answered. */
  remember(input: readonly JsonValue[], response: JsonObject): void
}

/** Calls of this API go through the book; all others are the engine's at once. */
export function createResponsesEngine(engine: Engine, book: ResponseBook): Engine {
  return {
    run: (call, sink) =>
      call.dialect === 'responses' || call.dialect === COMPACT
        ? runResponses(engine, book, call, sink)
        : engine.run(call, sink),
    listModels: (caller, signal) => engine.listModels(caller, signal),
  }
}

/**
 * Serves what upstreams do not: a call that goes on from an earlier response is sent with everything before it, its answer
 * is kept where that was asked for, and a conversation is compacted. All else is the engine's. Rejects, before anything is
 * asked of an upstream, with what is wrong.
 */
export async function runResponses(
  engine: Engine,
  book: ResponseBook,
  call: Call,
  sink: Sink,
  memory?: ConversationMemory,
): Promise<CallRecord> {
  const asked = call.body.json
  if (call.dialect === COMPACT && call.model === '') throw noModel()
  const stored = asked['store'] !== false
  const previousId = asString(asked['previous_response_id'])
  const input = await wholeInput(call, book, memory)
  // Without a readable input there is nothing to go on from, and the dialect says so.
  if (input === undefined) return await engine.run(call, sink)
  const edits = new Map<string, JsonValue | undefined>()
  if (isChanged(input, asked['input'])) edits.set('input', [...input])
  if (previousId !== undefined) edits.set('previous_response_id', undefined)
  // The gateway keeps it: asking an upstream to do so, too, would only be refused and named as a loss.
  if (asked['store'] === true) edits.set('store', false)
  const ready = edits.size === 0 ? call : withBody(call, edits)

  const says = new Map<string, JsonValue>()
  if (previousId !== undefined) says.set('previous_response_id', previousId)
  if (stored) says.set('store', true)
  const tap =
    says.size === 0 && memory === undefined
      ? sink
      : new ResponseTap(sink, {
          says,
          onResponse: (response) => {
            memory?.remember(input, response)
            if (stored) book.keep(call.caller, { input, response })
          },
        })
  if (call.dialect === COMPACT) return await answerCompactRequest(engine, ready, input, sink)
  if (isCompaction(input)) return await answerCompaction(engine, ready, input, tap)
  return await engine.run(ready, tap)
}

const COMPACT = 'responses:compact'

/** All that the model is to see: what came before, what is new, and our summaries as words. */
export async function wholeInput(
  call: Call,
  book: ResponseBook,
  memory: ConversationMemory | undefined,
): Promise<readonly JsonValue[] | undefined> {
  const { json } = call.body
  const given = itemsOfInput(json['input'])
  const previousId = asString(json['previous_response_id'])
  const before =
    previousId === undefined ? [] : await conversationBefore(previousId, book, call, memory)
  if (given === undefined) return undefined
  if (previousId !== undefined) refuseStrayResults(before, given)
  return readSummaries([...before, ...(await resolveReferences(given, book, call.caller))])
}

/** Whoever compacts goes on with the summary on the same model: a default would read what another has to keep. */
function noModel(): BadRequestError {
  return new BadRequestError(
    '`model` must be the name of a model, as "gpt-5.4": whose conversation is to be compacted; it is missing.',
    { code: 'missing_field', param: 'model' },
  )
}

/**
 * Whoever goes on from a response by its id has the whole of it here: a result of a call that nobody made is then a mistake,
 * not a history that was cut, and is refused as OpenAI refuses it.
 */
function refuseStrayResults(before: readonly JsonValue[], given: readonly JsonValue[]): void {
  const results = given.filter((item) => isOf(item, '_call_output'))
  if (results.length === 0) return
  const called = new Set<string>()
  for (const item of [...before, ...given]) {
    // A reference stands for an item that is not looked up yet.
    if (isOf(item, 'item_reference')) return
    if (isOf(item, '_call')) called.add(callIdOf(item))
  }
  const stray = results.map(callIdOf).find((id) => id !== '' && !called.has(id))
  if (stray === undefined) return
  throw new BadRequestError(
    `No tool call found for function call output with call_id ${printable(stray)}.`,
    { code: 'unknown_call_id', param: 'input' },
  )
}

function isOf(item: JsonValue, ending: string): boolean {
  return asString(asObject(item)?.['type'])?.endsWith(ending) ?? false
}

function callIdOf(item: JsonValue): string {
  const object = asObject(item)
  return asString(object?.['call_id']) ?? asString(object?.['id']) ?? ''
}

function isChanged(input: readonly JsonValue[], given: JsonValue | undefined): boolean {
  if (!Array.isArray(given)) return input.length !== 1
  return input.length !== given.length || input.some((item, index) => item !== given[index])
}

async function conversationBefore(
  id: string,
  book: ResponseBook,
  { caller }: Call,
  memory: ConversationMemory | undefined,
): Promise<readonly JsonValue[]> {
  const remembered = memory?.find(id)
  if (remembered !== undefined) return remembered
  const kept = await book.find(id, caller)
  if (kept !== undefined) return conversationAfter(kept.input, kept.response)
  throw new BadRequestError(`Previous response with id '${printable(id)}' not found.`, {
    code: 'previous_response_not_found',
    param: 'previous_response_id',
  })
}

function withBody(call: Call, edits: ReadonlyMap<string, JsonValue | undefined>): Call {
  const json: JsonObject = { ...call.body.json }
  for (const [name, value] of edits) {
    if (value === undefined) delete json[name]
    else json[name] = value
  }
  return { ...call, body: { bytes: spliceJson(call.body.bytes, edits), json } }
}
