import type { CallRecord } from '../../core/ledger.ts'

export const NOON = Date.UTC(2026, 10, 20, 12)

/** A finished call with everything in it. */
export function callRecord(id: string, changes: Partial<CallRecord> = {}): CallRecord {
  return {
    uid: id,
    id: `request-${id}`,
    startedAt: NOON,
    caller: { kind: 'key', keyId: 'k1', keyAlias: 'ci', userId: 'u1', teamId: 't1', seat: 'own' },
    operation: 'generate',
    dialect: 'chat',
    modelAsked: 'gpt-4o',
    provider: 'github_copilot',
    model: 'gpt-4o',
    wire: 'chat',
    wireReason: 'the client speaks it',
    mode: 'relay',
    stream: true,
    initiator: { value: 'user', reason: 'the last message is a person’s' },
    rewrites: [{ field: 'model', action: 'set', reason: 'the id upstream' }],
    degraded: ['top_k'],
    attempts: [],
    outcome: 'ok',
    status: 200,
    usage: {
      inputTokens: 10,
      cachedInputTokens: 4,
      cacheWriteTokens: 1,
      outputTokens: 5,
      reasoningTokens: 2,
    },
    cost: { nanoCredits: 7_000_000_001, source: 'upstream', savedNanoCredits: 3 },
    timing: { totalMs: 12.4, firstByteMs: 3.2, overheadMs: 0.25, queuedMs: 0 },
    ...changes,
  }
}
