import type { JsonObject, JsonValue } from '../../core/json.ts'
import { moneyOf } from '../../policy/admin/fields.ts'
import type { KeptPrompt } from '../../policy/index.ts'
import type { StoredCall } from '../../store/index.ts'

/** A finished call under LiteLLM's names where it has them; money in US dollars, in credits, and exactly. */
export function callAnswer(call: StoredCall): JsonObject {
  const { usd, credits } = moneyOf(call.nano_credits)
  return {
    request_id: call.request_id,
    call_id: call.id,
    startTime: iso(call.started_at),
    endTime: iso(call.started_at + call.total_ms),
    key_id: call.key_id,
    key_alias: call.key_alias,
    user_id: call.user_id,
    team_id: call.team_id,
    seat: call.seat,
    call_type: call.operation,
    dialect: call.dialect,
    model: call.model,
    model_asked: call.model_asked,
    custom_llm_provider: call.provider,
    wire: call.wire,
    mode: call.mode,
    stream: call.stream === 1,
    initiator: call.initiator,
    status: call.outcome === 'ok' ? 'success' : 'failure',
    outcome: call.outcome,
    status_code: call.status,
    error: call.error,
    total_tokens: call.input_tokens + call.output_tokens,
    prompt_tokens: call.input_tokens,
    cached_tokens: call.cached_tokens,
    cache_write_tokens: call.cache_write_tokens,
    completion_tokens: call.output_tokens,
    reasoning_tokens: call.reasoning_tokens,
    spend: usd,
    spend_credits: credits,
    spend_nano_credits: call.nano_credits,
    spend_source: call.cost_source,
    saved_credits: moneyOf(call.saved_nano_credits).credits,
    attempts: call.attempts,
    first_byte_ms: call.first_byte_ms,
    total_ms: call.total_ms,
    overhead_ms: call.overhead_ms,
    queued_ms: call.queued_ms,
  }
}

/** The same with what was decided on the way, and why. */
export function explainAnswer(call: StoredCall): JsonObject {
  const { wireReason, initiatorReason, rewrites, degraded, attempts, error } = call.detail
  return {
    ...callAnswer(call),
    wire_reason: wireReason ?? null,
    initiator_reason: initiatorReason ?? null,
    // Plain data: it was JSON in the database.
    rewrites: rewrites as unknown as JsonValue,
    degraded: degraded as unknown as JsonValue,
    attempt_list: attempts as unknown as JsonValue,
    error_detail: error ?? null,
  }
}

/** What was asked and answered, where it was kept: redacted and cut. */
export function keptAnswer(kept: KeptPrompt): JsonObject {
  return {
    request: kept.request,
    request_bytes: kept.requestCharacters,
    answer: kept.answer,
    answer_characters: kept.answerCharacters,
  }
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
