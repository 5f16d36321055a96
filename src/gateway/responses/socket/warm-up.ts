import type { Call } from '../../../core/call.ts'
import type { JsonObject, JsonValue } from '../../../core/json.ts'
import { createIdMaker } from '../../../dialects/responses/item-ids.ts'
import { createResponseFrame } from '../../../dialects/responses/response-frame.ts'
import { encodeUsage } from '../../../dialects/responses/usage.ts'

/**
 * `generate: false`: the client sends its prompt and tools ahead of the turn. Nothing is asked of a model and nothing costs; the
 * answer is a response without output, from which the turn goes on.
 */
export function warmUp(call: Call, nowMs: number): { frames: string[]; response: JsonObject } {
  const ids = createIdMaker(call.id, nowMs)
  const frame = createResponseFrame(
    { requestId: call.id, model: call.model, request: call.body.json, nowMs },
    ids.response,
  )
  const none = { inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0 }
  const response = frame({
    status: 'completed',
    completed_at: Math.floor(nowMs / 1000),
    usage: encodeUsage({ ...none, reasoningTokens: 0 }),
  })
  const events: readonly (readonly [string, JsonValue])[] = [
    ['response.created', frame({})],
    ['response.completed', response],
  ]
  const frames = events.map(([type, value], index) =>
    JSON.stringify({ type, sequence_number: index, response: value }),
  )
  return { frames, response }
}
