import type { Call } from '../../../core/call.ts'
import type { Engine } from '../../../core/engine.ts'
import { asString } from '../../../core/json.ts'
import type { JsonObject, JsonValue } from '../../../core/json.ts'
import type { CallRecord } from '../../../core/ledger.ts'
import type { Sink } from '../../../core/sink.ts'
import { responses } from '../../../dialects/responses/index.ts'
import { namedEvent } from '../../../dialects/sse/write-event.ts'
import type { Refused } from './collecting-sink.ts'
import { compactionItem, userMessagesOf } from './compaction-items.ts'
import { summarise } from './summarise.ts'
import type { Done } from './summarise.ts'

/** An ordinary request that ends in a trigger: answered with one item, streamed or whole as asked. */
export async function answerCompaction(
  engine: Engine,
  call: Call,
  input: readonly JsonValue[],
  sink: Sink,
): Promise<CallRecord> {
  const summary = await summarise(engine, call, input)
  if (summary.kind !== 'done') {
    if (summary.kind === 'refused') passRefusal(summary, call, sink)
    return summary.record
  }
  const item = itemOf(summary)
  const response: JsonObject = {
    ...summary.response,
    status: 'completed',
    incomplete_details: null,
    output: [item],
  }
  if (call.stream) {
    sink.head(200, { ...headersOf(summary), 'content-type': responses.streamContentType })
    sink.end(Buffer.from(eventsOf(response, item)))
  } else {
    sink.head(200, headersOf(summary))
    sink.end(Buffer.from(JSON.stringify(response)))
  }
  return summary.record
}

/**
 * `POST /responses/compact`: the shorter conversation as a list of items, the user's own messages before the summary
 * (https://platform.openai.com/docs/api-reference/responses/compact).
 */
export async function answerCompactRequest(
  engine: Engine,
  call: Call,
  input: readonly JsonValue[],
  sink: Sink,
): Promise<CallRecord> {
  const summary = await summarise(engine, call, input)
  if (summary.kind !== 'done') {
    if (summary.kind === 'refused') passRefusal(summary, call, sink)
    return summary.record
  }
  const { id, created_at: created, usage } = summary.response
  const body: JsonObject = {
    id,
    object: 'response.compaction',
    created_at: created,
    output: [...userMessagesOf(input, stemOf(summary)), itemOf(summary)],
    usage,
  }
  sink.head(200, headersOf(summary))
  sink.end(Buffer.from(JSON.stringify(body)))
  return summary.record
}

function passRefusal({ error, answer, headers }: Refused, call: Call, sink: Sink): void {
  sink.fail(error, answer ?? responses.encodeError(error, call.id), headers)
}

function headersOf({ headers }: Done): Readonly<Record<string, string>> {
  const { 'content-length': _, ...rest } = headers
  return rest
}

/** `msg_…`, `resp_…` and this share what comes after. */
function stemOf({ response }: Done): string {
  return (asString(response['id']) ?? '').replace(/^resp_/, '').slice(0, 120)
}

function itemOf(summary: Done): JsonObject {
  return compactionItem(`cmp_${stemOf(summary)}`, summary.text)
}

function eventsOf(response: JsonObject, item: JsonObject): string {
  const started: JsonObject = { ...response, status: 'in_progress', output: [], usage: null }
  const events: readonly (readonly [string, JsonObject])[] = [
    ['response.created', { response: started }],
    ['response.in_progress', { response: started }],
    ['response.output_item.added', { output_index: 0, item }],
    ['response.output_item.done', { output_index: 0, item }],
    ['response.completed', { response }],
  ]
  return events
    .map(([type, data], index) => namedEvent(type, { type, sequence_number: index, ...data }))
    .join('')
}
