import type { FinishReason } from '../../core/conversation.ts'
import type { JsonValue } from '../../core/json.ts'

const BY_STOP_REASON: ReadonlyMap<JsonValue | undefined, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['tool_use', 'tool'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
  ['model_context_window_exceeded', 'context'],
])

const BY_FINISH: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool: 'tool_use',
  filter: 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
  context: 'model_context_window_exceeded',
  // A stream ends with an error event instead; a whole answer has no other word for it.
  error: 'end_turn',
}

export function decodeStopReason(reason: JsonValue | undefined): FinishReason {
  return BY_STOP_REASON.get(reason) ?? 'stop'
}

export function encodeStopReason(finish: FinishReason, stopSequence: string | undefined): string {
  return finish === 'stop' && stopSequence !== undefined ? 'stop_sequence' : BY_FINISH[finish]
}
