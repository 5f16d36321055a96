import type { Call } from '../../core/call.ts'
import type { Engine, ListedModel } from '../../core/engine.ts'
import type { CallRecord } from '../../core/ledger.ts'
import type { Sink } from '../../core/sink.ts'

export interface RecordingEngine extends Engine {
  readonly calls: Call[]
  /** What becomes of each call. */
  answer: (call: Call, sink: Sink) => void | Promise<void>
  models: readonly ListedModel[]
}

/** An engine whose answers the test writes: what a door does with a sink can be seen without an upstream. */
export function createRecordingEngine(): RecordingEngine {
  const engine: RecordingEngine = {
    calls: [],
    models: [],
    answer: (_call, sink) => {
      sink.head(200, { 'content-type': 'application/json' })
      sink.end(Buffer.from('{"ok":true}'))
    },
    async run(call, sink) {
      engine.calls.push(call)
      await engine.answer(call, sink)
      return recordOf(call)
    },
    listModels: () => Promise.resolve(engine.models),
  }
  return engine
}

function recordOf(call: Call): CallRecord {
  return {
    uid: call.id,
    id: call.id,
    startedAt: 0,
    caller: call.caller,
    operation: call.operation,
    dialect: 'chat',
    modelAsked: call.model,
    provider: undefined,
    model: undefined,
    wire: undefined,
    wireReason: undefined,
    mode: undefined,
    stream: call.stream,
    initiator: undefined,
    rewrites: [],
    degraded: [],
    attempts: [],
    outcome: 'ok',
    status: 200,
    usage: undefined,
    cost: undefined,
    timing: { totalMs: 0, firstByteMs: 0, overheadMs: 0, queuedMs: 0 },
  }
}
