import type { Call } from '../../../core/call.ts'
import { BadGatewayError } from '../../../core/errors.ts'
import type { Engine } from '../../../core/engine.ts'
import { asArray } from '../../../core/json.ts'
import type { JsonObject, JsonValue } from '../../../core/json.ts'
import type { CallRecord } from '../../../core/ledger.ts'
import { askForSummary, textOfResponse, withoutTrigger } from './compaction-items.ts'
import { CollectingSink } from './collecting-sink.ts'
import type { Refused } from './collecting-sink.ts'

export interface Done {
  readonly kind: 'done'
  readonly record: CallRecord
  readonly text: string
  readonly response: JsonObject
  readonly headers: Readonly<Record<string, string>>
}

export type Summary =
  | Done
  | ({ readonly kind: 'refused'; readonly record: CallRecord } & Refused)
  /** The client is gone. */
  | { readonly kind: 'aborted'; readonly record: CallRecord }

/** Members that say how to answer the turn that is not to be answered now. */
const NOT_FOR_SUMMARIES = ['include', 'text', 'stream', 'stream_options', 'store']

/** One ordinary call on the same model: the prompt before it is the same, so that a prompt cache serves it. */
export async function summarise(
  engine: Engine,
  call: Call,
  input: readonly JsonValue[],
): Promise<Summary> {
  const json: JsonObject = {
    ...call.body.json,
    input: [...withoutTrigger(input), askForSummary()],
    ...(asArray(call.body.json['tools']).length > 0 ? { tool_choice: 'none' } : {}),
  }
  for (const name of NOT_FOR_SUMMARIES) delete json[name]
  // So that Copilot is told what it is: no turn of the user's.
  const headers = new Map([...call.headers, ['x-initiator', 'agent']])
  const sink = new CollectingSink()
  const bytes = Buffer.from(JSON.stringify(json))
  const asked = { ...call, dialect: 'responses', headers, stream: false, body: { bytes, json } }
  const record = await engine.run(asked, sink)
  if (sink.refused !== undefined) return { kind: 'refused', record, ...sink.refused }
  if (!sink.complete) return { kind: 'aborted', record }
  const response = sink.json()
  const text = textOfResponse(response).trim()
  if (text === '') {
    throw new BadGatewayError('the model wrote no summary of the conversation; try once more', {
      code: 'empty_summary',
    })
  }
  return { kind: 'done', record, text, response, headers: sink.headers }
}
