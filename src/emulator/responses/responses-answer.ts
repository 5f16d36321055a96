import type { CopilotUsage } from '../accounting/price.ts'
import type { Usage } from '../accounting/usage.ts'
import type { Answer, AnsweredCall } from '../answers/answer.ts'
import { asArray, asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CatalogueModel } from '../catalogue/entry.ts'
import type { Quirks } from '../quirks/quirk.ts'
import { hexStream } from '../seal.ts'
import type { World } from '../world.ts'
import type { ItemIds } from './item-ids.ts'

/** Everything a Responses answer is encoded from. */
export interface ResponsesAnswer {
  readonly answer: Answer
  readonly body: JsonObject
  readonly model: CatalogueModel
  readonly usage: Usage
  readonly copilotUsage: CopilotUsage
  readonly copilotUsageAt: 'event' | 'response'
  readonly quotaSnapshots: Readonly<Record<string, unknown>>
  readonly quirks: Quirks
  readonly ids: ItemIds
  readonly name: string
  readonly created: number
  readonly encryptedReasoning: string
}

/** The parts of an answer, in the order of `output_index`. */
export type OutputPart =
  | { readonly type: 'reasoning'; readonly summary: string; readonly encrypted: string | undefined }
  | { readonly type: 'message'; readonly text: string; readonly refusal: boolean }
  | { readonly type: 'call'; readonly call: AnsweredCall; readonly callId: string }

export function outputParts(given: ResponsesAnswer): OutputPart[] {
  const { answer, body } = given
  const parts: OutputPart[] = []
  if (answer.thinking !== '') {
    const wanted = asArray(body['include']).includes('reasoning.encrypted_content')
    const summary = asString(asObject(body['reasoning'])?.['summary'])
    parts.push({
      type: 'reasoning',
      summary: summary === undefined || summary === 'none' ? '' : answer.thinking,
      encrypted: wanted ? given.encryptedReasoning : undefined,
    })
  }
  if (answer.text !== '' || (answer.calls.length === 0 && answer.finish !== 'filter')) {
    parts.push({ type: 'message', text: answer.text, refusal: answer.finish === 'refusal' })
  }
  for (const [index, call] of answer.calls.entries()) {
    parts.push({
      type: 'call',
      call,
      callId: `call_${hexStream(`${given.name}:call:${index}`, 24)}`,
    })
  }
  return parts
}

export function encryptedReasoning(world: World, model: string, thinking: string): string {
  return world.sealer.seal('reasoning', JSON.stringify({ model, thinking }), 600)
}

/** An item as it is once it is done. */
export function doneItem(part: OutputPart, id: string): JsonObject {
  switch (part.type) {
    case 'reasoning':
      return {
        id,
        type: 'reasoning',
        summary: part.summary === '' ? [] : [{ type: 'summary_text', text: part.summary }],
        ...(part.encrypted !== undefined && { encrypted_content: part.encrypted }),
      }
    case 'message':
      return {
        id,
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [contentOf(part)],
      }
    default: {
      const { call, callId } = part
      const namespace = call.namespace === undefined ? {} : { namespace: call.namespace }
      const named = { id, call_id: callId, name: call.name, status: 'completed', ...namespace }
      return call.kind === 'custom'
        ? { ...named, type: 'custom_tool_call', input: call.input }
        : { ...named, type: 'function_call', arguments: call.input }
    }
  }
}

export function contentOf(part: Extract<OutputPart, { type: 'message' }>): JsonObject {
  return part.refusal
    ? { type: 'refusal', refusal: part.text }
    : { type: 'output_text', text: part.text, annotations: [], logprobs: [] }
}

export const ID_PREFIX = { reasoning: 'rs', message: 'msg', call: 'fc' } as const

/** The response object; before its end it has neither output nor usage. */
export function responseObject(
  given: ResponsesAnswer,
  output: readonly JsonObject[] | undefined,
  event: number,
): JsonObject {
  const { body, answer, usage } = given
  const ended = output !== undefined
  const cutShort = answer.finish === 'length' || answer.finish === 'filter'
  const reason = answer.finish === 'filter' ? 'content_filter' : 'max_output_tokens'
  const reasoning = asObject(body['reasoning'])
  return {
    id: given.ids.response(event),
    object: 'response',
    created_at: given.created,
    status: ended ? (cutShort ? 'incomplete' : 'completed') : 'in_progress',
    background: false,
    completed_at: ended && !cutShort ? given.created : null,
    error: null,
    incomplete_details: ended && cutShort ? { reason } : null,
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    max_tool_calls: null,
    model: given.model.traits.answersAs,
    output: [...(output ?? [])],
    output_text: null,
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: body['previous_response_id'] ?? null,
    prompt_cache_key: body['prompt_cache_key'] ?? null,
    reasoning: { effort: reasoning?.['effort'] ?? 'none', summary: reasoning?.['summary'] ?? null },
    safety_identifier: hexStream(given.model.entry.id, 64),
    service_tier: 'priority',
    store: false,
    temperature: body['temperature'] ?? 1,
    text: body['text'] ?? { format: { type: 'text' } },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: body['tools'] ?? [],
    top_logprobs: 0,
    top_p: body['top_p'] ?? 1,
    truncation: body['truncation'] ?? 'disabled',
    usage: ended
      ? {
          input_tokens: usage.input,
          input_tokens_details: { cached_tokens: usage.cacheRead },
          output_tokens: usage.output,
          output_tokens_details: { reasoning_tokens: usage.reasoning },
          total_tokens: usage.input + usage.output,
        }
      : null,
    user: null,
    metadata: {},
  }
}
