import { countPieces, pieces } from '../accounting/count-tokens.ts'
import type { JsonObject } from '../../core/json.ts'
import { hexStream } from '../seal.ts'
import { eventFrame } from '../streams/frame.ts'
import type { Frame } from '../streams/frame.ts'
import { ID_PREFIX, contentOf, doneItem, outputParts, responseObject } from './responses-answer.ts'
import type { OutputPart, ResponsesAnswer } from './responses-answer.ts'

/** A whole Responses answer. */
export function wholeResponses(given: ResponsesAnswer): JsonObject {
  const output = outputParts(given).map((part, index) =>
    doneItem(part, given.ids.item(ID_PREFIX[part.type], index, 0)),
  )
  return {
    ...responseObject(given, output, 0),
    ...(given.quirks.copilotUsage && {
      copilot_usage: given.copilotUsage as unknown as JsonObject,
      copilot_quota_snapshots: given.quotaSnapshots as JsonObject,
    }),
  }
}

type Emit = (type: string, more: Readonly<Record<string, unknown>>, tokens?: number) => Frame

/** The same as events. Every event has a number, and by default every id in it is a new one. */
export function* responsesStream(given: ResponsesAnswer): Generator<Frame> {
  let sequence = 0
  const emit: Emit = (type, more, tokens = 0) =>
    eventFrame({ type, sequence_number: sequence++, ...more }, tokens)

  yield emit('response.created', { response: responseObject(given, undefined, 0) })
  yield emit('response.in_progress', { response: responseObject(given, undefined, 1) })
  const parts = outputParts(given)
  for (const [index, part] of parts.entries()) {
    let event = 0
    const id = (): string => given.ids.item(ID_PREFIX[part.type], index, event++)
    yield emit('response.output_item.added', {
      output_index: index,
      item: { ...openItem(part), id: id() },
    })
    const inner: Emit = (type, more, tokens) =>
      emit(type, { output_index: index, item_id: id(), ...more }, tokens)
    yield* partFrames(given, part, inner)
    yield emit('response.output_item.done', { output_index: index, item: doneItem(part, id()) })
  }
  const output = parts.map((part, index) =>
    doneItem(part, given.ids.item(ID_PREFIX[part.type], index, -1)),
  )
  const response = responseObject(given, output, 2)
  const spent = {
    copilot_usage: given.copilotUsage,
    copilot_quota_snapshots: given.quotaSnapshots,
  }
  const inside = given.copilotUsageAt === 'response'
  const told = given.quirks.copilotUsage ? spent : {}
  yield emit(
    given.answer.finish === 'length' || given.answer.finish === 'filter'
      ? 'response.incomplete'
      : 'response.completed',
    {
      response: inside ? { ...response, ...told } : response,
      ...(!inside && told),
    },
  )
}

function openItem(part: OutputPart): JsonObject {
  switch (part.type) {
    case 'reasoning':
      return { type: 'reasoning', summary: [] }
    case 'message':
      return { type: 'message', status: 'in_progress', role: 'assistant', content: [] }
    default: {
      const empty = part.call.kind === 'custom' ? { input: '' } : { arguments: '' }
      return { ...doneItem(part, ''), ...empty, status: 'in_progress' }
    }
  }
}

function* partFrames(given: ResponsesAnswer, part: OutputPart, emit: Emit): Generator<Frame> {
  switch (part.type) {
    case 'reasoning':
      if (part.summary !== '') yield* summaryFrames(part.summary, emit)
      break
    case 'message':
      yield* messageFrames(given, part, emit)
      break
    case 'call':
      yield* callFrames(given, part, emit)
  }
}

function* summaryFrames(summary: string, emit: Emit): Generator<Frame> {
  const at = { summary_index: 0 }
  const part = { type: 'summary_text', text: summary }
  yield emit('response.reasoning_summary_part.added', { ...at, part: { ...part, text: '' } })
  for (const piece of pieces(summary)) {
    yield emit('response.reasoning_summary_text.delta', { ...at, delta: piece }, 1)
  }
  yield emit('response.reasoning_summary_text.done', { ...at, text: summary })
  yield emit('response.reasoning_summary_part.done', { ...at, part })
}

function* messageFrames(
  given: ResponsesAnswer,
  part: Extract<OutputPart, { type: 'message' }>,
  emit: Emit,
): Generator<Frame> {
  const at = { content_index: 0 }
  const whole = contentOf(part)
  const key = part.refusal ? 'refusal' : 'text'
  const name = part.refusal ? 'response.refusal' : 'response.output_text'
  yield emit('response.content_part.added', { ...at, part: { ...whole, [key]: '' } })
  for (const [index, piece] of pieces(part.text).entries()) {
    const more = part.refusal ? {} : { logprobs: [] }
    yield emit(`${name}.delta`, { ...at, delta: piece, ...more, ...obfuscation(given, index) }, 1)
  }
  const more = part.refusal ? {} : { logprobs: [] }
  yield emit(`${name}.done`, { ...at, [key]: part.text, ...more })
  yield emit('response.content_part.done', { ...at, part: whole })
}

function* callFrames(
  given: ResponsesAnswer,
  { call }: Extract<OutputPart, { type: 'call' }>,
  emit: Emit,
): Generator<Frame> {
  const custom = call.kind === 'custom'
  const name = custom ? 'response.custom_tool_call_input' : 'response.function_call_arguments'
  const shown = given.quirks.ciphertextArguments
    ? hexStream(`${given.name}:${call.input}`, call.input.length)
    : call.input
  for (const [index, piece] of pieces(shown).entries()) {
    yield emit(`${name}.delta`, { delta: piece, ...obfuscation(given, index) }, 1)
  }
  const whole = custom ? { input: call.input } : { arguments: call.input, name: call.name }
  yield emit(`${name}.done`, whole, countPieces(call.name))
}

/** Filler that hides how long a delta is. */
function obfuscation(given: ResponsesAnswer, index: number): Record<string, string> {
  if (!given.quirks.obfuscation) return {}
  const length = 2 + ((index * 5) % 14)
  return { obfuscation: hexStream(`${given.name}:${index}`, length) }
}
