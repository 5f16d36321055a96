import type { Admission } from '../../core/admission.ts'
import type { Clock } from '../../core/clock.ts'
import type { Dialect, Wire } from '../../core/dialect.ts'
import type { Observer } from '../../core/ledger.ts'
import type { WireName } from '../../core/model.ts'
import type { Random } from '../../core/random.ts'
import type { Settings } from '../../core/settings.ts'
import type { Upstream } from '../../core/upstream.ts'
import type { GuardedFetch } from '../../transport/guarded-fetch.ts'
import type { Transport } from '../../transport/transport.ts'
import type { Balancer } from '../balance/balancer.ts'
import type { SessionBook } from '../balance/session-book.ts'
import type { RetryBudget } from '../balance/retry-budget.ts'
import type { Tokenizers } from '../count/tokenizers.ts'
import type { WireChoice, WireQuestion } from '../plan/choose-wire.ts'
import type { WireMemory } from '../plan/wire-memory.ts'
import type { Resolver } from '../resolve/resolver.ts'
import type { SocketTransport } from '../responses/socket-transport.ts'
import type { WakeUps } from './wake-ups.ts'

/** What all calls of one engine share. */
export interface House {
  /** Read once for each call: a reload takes effect with the next one. */
  readonly settings: () => Settings
  readonly upstreams: ReadonlyMap<string, Upstream>
  readonly transport: Transport
  /** For models that are reached over a WebSocket, where the settings allow it. */
  readonly sockets: SocketTransport | undefined
  readonly fetchImage: GuardedFetch | undefined
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly wires: ReadonlyMap<WireName, Wire>
  readonly admission: Admission | undefined
  readonly observers: readonly Observer[]
  readonly clock: Clock
  readonly random: Random
  readonly resolver: Resolver
  readonly balancer: Balancer
  readonly sessions: SessionBook
  readonly budget: RetryBudget
  readonly wireMemory: WireMemory
  readonly chooseWire: (question: WireQuestion) => WireChoice
  /** Ids of records. */
  readonly newId: (nowMs: number) => string
  readonly wakeUps: WakeUps
  readonly tokenizers: Tokenizers
  readonly defaultModel: string
  readonly maxAnswerBytes: number
}
