import type { Admission } from '../core/admission.ts'
import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Dialect, Wire } from '../core/dialect.ts'
import type { Engine } from '../core/engine.ts'
import { JetwayError } from '../core/errors.ts'
import type { CallRecord, Observer } from '../core/ledger.ts'
import type { WireName } from '../core/model.ts'
import type { Random } from '../core/random.ts'
import type { Settings } from '../core/settings.ts'
import type { Sink } from '../core/sink.ts'
import { createTimeOrderedIds } from '../core/time-ordered-id.ts'
import type { Upstream } from '../core/upstream.ts'
import type { GuardedFetch } from '../transport/guarded-fetch.ts'
import type { Transport } from '../transport/transport.ts'
import { createBalancer } from './balance/balancer.ts'
import { createRetryBudget } from './balance/retry-budget.ts'
import { createSessionBook, type SessionBook } from './balance/session-book.ts'
import { createTokenizers } from './count/tokenizers.ts'
import type { Tokenizers } from './count/tokenizers.ts'
import { listModels } from './list/list-models.ts'
import { DEFAULT_MODEL } from './plan/defaults.ts'
import { createKnownWires } from './plan/known-wires.ts'
import { createWireMemory } from './plan/wire-memory.ts'
import { createResolver } from './resolve/resolver.ts'
import type { SocketTransport } from './responses/socket-transport.ts'
import type { House } from './send/house.ts'
import { runCall } from './send/run-call.ts'
import { WakeUps } from './send/wake-ups.ts'

/** The path of a call: resolve, admit, plan, send, relay, settle. Knows no vendor and no framework. */
export interface EngineOptions {
  /** Asked once for each call, so that a change takes effect without touching those under way. */
  readonly settings: () => Settings
  /** By provider, as in `github_copilot/<model>`. */
  readonly upstreams: ReadonlyMap<string, Upstream>
  readonly transport: Transport
  /** Absent: everything goes over HTTP. */
  readonly sockets?: SocketTransport | undefined
  /** For images that a request names by address, where the settings allow it. Absent: none are fetched. */
  readonly fetchImage?: GuardedFetch | undefined
  /** By `Dialect.id`. */
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly wires: ReadonlyMap<WireName, Wire>
  /** Absent: everyone may do everything, as in the SDK. */
  readonly admission?: Admission | undefined
  /** @default [] */
  readonly observers?: readonly Observer[] | undefined
  /** Where sessions were served, over all replicas. @default this process alone */
  readonly sessions?: SessionBook | undefined
  readonly clock: Clock
  readonly random: Random
  /**
   * Providers whose models can be called as `provider/model` where no deployment says so; the others are for deployments.
   * @default all of `upstreams`
   */
  readonly callableProviders?: ReadonlySet<string> | undefined
  /** Whose models can be called by their bare names. @default the first of `upstreams` */
  readonly defaultProvider?: string | undefined
  /** Taken where a call names none. @default 'gpt-4o' */
  readonly defaultModel?: string | undefined
  /** For counts where the upstream does not count. @default those of `gpt-tokenizer`, where it is installed */
  readonly tokenizers?: Tokenizers | undefined
  /** Largest answer in one piece. @default 64 MiB */
  readonly maxAnswerBytes?: number | undefined
}

const MAX_ANSWER_BYTES = 64 * 1024 * 1024

export function createEngine(options: EngineOptions): Engine {
  const { clock, random, upstreams } = options
  const defaultProvider = options.defaultProvider ?? firstOf(upstreams.keys())
  const house: House = {
    settings: options.settings,
    upstreams,
    transport: options.transport,
    sockets: options.sockets,
    fetchImage: options.fetchImage,
    dialects: options.dialects,
    wires: options.wires,
    admission: options.admission,
    observers: options.observers ?? [],
    clock,
    random,
    resolver: createResolver(
      options.callableProviders ?? new Set(upstreams.keys()),
      defaultProvider,
    ),
    balancer: createBalancer(clock, random),
    sessions: options.sessions ?? createSessionBook(clock),
    budget: createRetryBudget(clock),
    wireMemory: createWireMemory(clock),
    chooseWire: createKnownWires(),
    newId: createTimeOrderedIds(),
    wakeUps: new WakeUps(clock),
    tokenizers: options.tokenizers ?? createTokenizers(),
    defaultModel: options.defaultModel ?? DEFAULT_MODEL,
    maxAnswerBytes: options.maxAnswerBytes ?? MAX_ANSWER_BYTES,
  }
  return {
    run: (call, sink) => run(house, call, sink),
    listModels: (caller, signal) => {
      const { admission } = options
      const settings = options.settings()
      return listModels({ settings, upstreams, defaultProvider, admission }, caller, signal)
    },
  }
}

function run(house: House, call: Call, sink: Sink): Promise<CallRecord> {
  const dialect = house.dialects.get(call.dialect)
  if (dialect === undefined) {
    // A door named a dialect that nobody assembled: a defect, and there is no shape to say it in.
    return Promise.reject(
      new JetwayError(`there is no dialect called ${call.dialect}`, { code: 'internal_error' }),
    )
  }
  for (const observer of house.observers) {
    observer.started?.({
      id: call.id,
      model: call.model,
      stream: call.stream,
      caller: call.caller,
      dialect: dialect.name,
    })
  }
  return runCall(house, call, sink, dialect)
}

function firstOf(keys: Iterable<string>): string | undefined {
  for (const key of keys) return key
  return undefined
}
