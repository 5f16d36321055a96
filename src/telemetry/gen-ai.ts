import type { AttemptRecord, CallRecord } from '../core/ledger.ts'

/**
 * The names of the GenAI semantic conventions: https://opentelemetry.io/docs/specs/semconv/gen-ai/ (status: development).
 * What they have no word for stands under `jetway.`.
 */
export type Attributes = Record<string, string | number | boolean | readonly string[]>

/** `github_copilot` is none of the well-known values; for such, a custom one may be used. */
export function operationOf({ operation, dialect }: CallRecord): string {
  if (operation === 'embed') return 'embeddings'
  if (dialect === 'gemini') return 'generate_content'
  return dialect === 'completions' ? 'text_completion' : 'chat'
}

/** What every signal of one attempt has in common; few values, so that metrics may carry them. */
export function commonOf(record: CallRecord, attempt: AttemptRecord): Attributes {
  return {
    'gen_ai.operation.name': operationOf(record),
    'gen_ai.provider.name': attempt.provider,
    'gen_ai.request.model': attempt.model,
  }
}

/** Of the span of one attempt. `last`: the one that answered, or the one after which nothing was tried any more. */
export function attemptAttributes(
  record: CallRecord,
  attempt: AttemptRecord,
  last: boolean,
): Attributes {
  const failed = failureOf(record, attempt, last)
  return {
    ...commonOf(record, attempt),
    'gen_ai.request.stream': record.stream,
    ...(attempt.status === 0 ? {} : { 'http.response.status_code': attempt.status }),
    ...(failed === undefined ? {} : { 'error.type': failed }),
    'jetway.wire': attempt.wire,
    'jetway.initiator': attempt.initiator,
    ...(attempt.next === undefined ? {} : { 'jetway.next': attempt.next }),
    ...(last ? usageAttributes(record, attempt) : {}),
  }
}

/** The kind of error an attempt ended in, without its details. */
export function failureOf(
  record: CallRecord,
  attempt: AttemptRecord,
  last: boolean,
): string | undefined {
  if (last && record.outcome === 'aborted') return 'aborted'
  return attempt.error?.split(' ', 1)[0]
}

function usageAttributes(
  { usage, timing, stream }: CallRecord,
  attempt: AttemptRecord,
): Attributes {
  const { firstByteMs } = timing
  return {
    ...(usage === undefined
      ? {}
      : {
          'gen_ai.usage.input_tokens': usage.inputTokens,
          'gen_ai.usage.output_tokens': usage.outputTokens,
          'gen_ai.usage.cache_read.input_tokens': usage.cachedInputTokens,
          'gen_ai.usage.cache_creation.input_tokens': usage.cacheWriteTokens,
          'gen_ai.usage.reasoning.output_tokens': usage.reasoningTokens,
        }),
    ...(stream && firstByteMs !== undefined
      ? { 'gen_ai.response.time_to_first_chunk': secondsAfter(attempt, firstByteMs) }
      : {}),
  }
}

/** From the attempt's own start. */
export function secondsAfter({ startedMs }: AttemptRecord, atMs: number): number {
  return Math.max(0, atMs - startedMs) / 1000
}

/** Of the span of the whole call. Ids and names only: no prompt, no answer, no key. */
export function callAttributes(record: CallRecord): Attributes {
  const { caller, cost, error, wire, mode, initiator } = record
  return {
    'http.request.method': 'POST',
    'http.response.status_code': record.status,
    ...(error === undefined ? {} : { 'error.type': error.code ?? error.name }),
    'jetway.request.id': record.id,
    'jetway.dialect': record.dialect,
    'jetway.outcome': record.outcome,
    'jetway.caller': caller.kind,
    'jetway.attempts': record.attempts.length,
    'jetway.overhead': record.timing.overheadMs / 1000,
    'jetway.queued': record.timing.queuedMs / 1000,
    ...(record.model === undefined ? {} : { 'gen_ai.request.model': record.model }),
    ...(caller.keyId === undefined ? {} : { 'jetway.key.id': caller.keyId }),
    ...(caller.userId === undefined ? {} : { 'jetway.user.id': caller.userId }),
    ...(caller.teamId === undefined ? {} : { 'jetway.team.id': caller.teamId }),
    ...(wire === undefined ? {} : { 'jetway.wire': wire }),
    ...(mode === undefined ? {} : { 'jetway.mode': mode }),
    ...(initiator === undefined ? {} : { 'jetway.initiator': initiator.value }),
    ...(cost === undefined ? {} : { 'jetway.cost.credits': cost.nanoCredits / 1e9 }),
    ...(record.degraded.length === 0 ? {} : { 'jetway.degraded': record.degraded }),
  }
}
