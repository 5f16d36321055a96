import type { Call, CallOptions, Caller } from '../../core/call.ts'
import { systemClock } from '../../core/clock.ts'
import type { Clock } from '../../core/clock.ts'
import { DEFAULT_SETTINGS } from '../../core/default-settings.ts'
import type { Engine } from '../../core/engine.ts'
import type { JsonObject } from '../../core/json.ts'
import { createSeededRandom } from '../../core/random.ts'
import type { Deployment, RouterSettings, Settings } from '../../core/settings.ts'
import type { Upstream } from '../../core/upstream.ts'
import { createTransport } from '../../transport/transport.ts'
import type { Transport } from '../../transport/transport.ts'
import { createEngine } from '../engine.ts'
import type { EngineOptions } from '../engine.ts'
import { tinyDialects, tinyWires } from './tiny-wire.ts'

export const SOMEONE: Caller = { kind: 'open', seat: 'own' }

export interface TestHouse {
  readonly engine: Engine
  readonly transport: Transport
  settings: Settings
}

export function testHouse(
  upstreams: readonly Upstream[],
  options: Partial<EngineOptions> & {
    readonly deployments?: readonly Deployment[]
    readonly router?: Partial<RouterSettings>
    readonly clock?: Clock
  } = {},
): TestHouse {
  const transport = options.transport ?? createTransport()
  const house: { settings: Settings } = {
    settings: {
      ...DEFAULT_SETTINGS,
      deployments: options.deployments ?? [],
      router: { ...DEFAULT_SETTINGS.router, ...options.router },
    },
  }
  const engine = createEngine({
    settings: () => house.settings,
    upstreams: new Map(upstreams.map((upstream) => [upstream.provider, upstream])),
    dialects: tinyDialects,
    wires: tinyWires,
    clock: systemClock,
    random: createSeededRandom(1),
    ...options,
    transport,
  })
  return Object.assign(house, { engine, transport })
}

export function deployment(changes: Partial<Deployment> & { readonly modelName: string }): Deployment {
  return {
    id: `${changes.modelName}-${changes.model ?? ''}-${changes.apiBase ?? ''}`,
    provider: 'tiny',
    model: changes.modelName,
    extraHeaders: {},
    weight: 1,
    order: 1,
    ...changes,
  }
}

export function testCall(
  body: JsonObject,
  changes: Partial<Omit<Call, 'options'>> & { readonly options?: CallOptions } = {},
): Call {
  return {
    id: 'call-1',
    operation: 'generate',
    dialect: 'chat',
    model: typeof body['model'] === 'string' ? body['model'] : '',
    stream: body['stream'] === true,
    headers: new Map(),
    body: { bytes: Buffer.from(JSON.stringify(body)), json: body },
    caller: SOMEONE,
    options: {},
    signal: new AbortController().signal,
    receivedAt: systemClock.monotonic(),
    ...changes,
  }
}
