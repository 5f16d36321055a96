import { createLiteLlmProxy, createOpenAi } from './compatible/compatible.ts'
import { createCopilot } from './copilot/index.ts'
import type { CopilotOptions, CopilotUpstream } from './copilot/index.ts'
import type { Admission } from './core/admission.ts'
import { systemClock } from './core/clock.ts'
import type { Clock } from './core/clock.ts'
import type { Engine } from './core/engine.ts'
import { BadRequestError } from './core/errors.ts'
import type { Observer } from './core/ledger.ts'
import type { Log } from './core/log.ts'
import type { Random } from './core/random.ts'
import type { Settings } from './core/settings.ts'
import type { Upstream } from './core/upstream.ts'
import { dialects, wires } from './dialects/index.ts'
import { createEngine } from './engine/engine.ts'
import type { EngineOptions } from './engine/engine.ts'
import { createSocketTransport } from './engine/responses/socket-transport.ts'
import type { GuardedFetch } from './transport/guarded-fetch.ts'
import { createTransport } from './transport/transport.ts'
import type { Transport } from './transport/transport.ts'

export interface AssembleOptions {
  /** Asked for each call, so that a changed configuration counts at once. */
  readonly settings: () => Settings
  /** `process.env`, or whatever stands for it. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  /** A token given in code: comes before every other source of a credential. */
  readonly credential?: string | undefined
  /** Other people's seats, and what replicas share of their tokens. */
  readonly seats?: CopilotOptions['seats']
  readonly sharedTokens?: CopilotOptions['shared']
  readonly admission?: Admission | undefined
  /** Whose models can be called by name alone, without a deployment of the configuration. @default every provider's */
  readonly callableProviders?: EngineOptions['callableProviders']
  /** Where sessions were served, over all replicas. @default this process alone */
  readonly sessions?: EngineOptions['sessions']
  readonly observers?: readonly Observer[] | undefined
  /** Hears of every Copilot token that was asked for. */
  readonly onTokenRefresh?: CopilotOptions['onRefresh']
  /** Certificates in PEM that are trusted beside Node's own. */
  readonly extraCa?: string | undefined
  readonly clock?: Clock | undefined
  readonly random?: Random | undefined
}

export interface Assembled {
  readonly engine: Engine
  readonly copilot: CopilotUpstream
  readonly transport: Transport
  close(): Promise<void>
}

/** The one place where the rooms on the path of a call are wired together: for the gateway, the SDK and the command alike. */
export function assembleEngine(options: AssembleOptions): Assembled {
  const { settings, environment, log } = options
  const clock = options.clock ?? systemClock
  const random = options.random ?? Math.random
  const { router, copilot: copilotSettings } = settings()
  const transport = createTransport({
    connectTimeoutMs: router.connectTimeoutMs,
    env: environment,
    extraCa: options.extraCa,
  })
  const copilot = createCopilot({
    http: transport,
    clock,
    random,
    environment,
    settings: copilotSettings,
    credential: options.credential,
    seats: options.seats,
    shared: options.sharedTokens,
    onRefresh: options.onTokenRefresh,
    log: (level, message, fields) => {
      log[level](message, fields)
    },
  })
  const upstreams = new Map<string, Upstream>([
    ['github_copilot', copilot],
    ['litellm_proxy', createLiteLlmProxy({ http: transport, clock, env: environment })],
    ['openai', createOpenAi({ http: transport, clock, env: environment })],
  ])
  // Neither proxies nor further certificates are known to it: then HTTP alone finds the way.
  const isPlain = !isProxied(environment) && options.extraCa === undefined
  const sockets = isPlain
    ? createSocketTransport(transport, clock, router.connectTimeoutMs)
    : undefined
  const engine = createEngine({
    settings,
    upstreams,
    transport,
    sockets,
    fetchImage: imageFetcher(environment, options.extraCa),
    dialects,
    wires,
    admission: options.admission,
    callableProviders: options.callableProviders,
    sessions: options.sessions,
    observers: options.observers,
    clock,
    random,
  })
  return {
    engine,
    copilot,
    transport,
    async close() {
      copilot.close()
      sockets?.close()
      await transport.destroy()
    },
  }
}

/**
 * Loaded when the first image is to be fetched. Behind a proxy it is the proxy that resolves names, so no address could be
 * checked before it is connected to: then none are.
 */
function imageFetcher(
  environment: AssembleOptions['environment'],
  extraCa: string | undefined,
): GuardedFetch {
  let loaded: Promise<GuardedFetch> | undefined
  return async (request) => {
    if (isProxied(environment)) {
      throw new BadRequestError(
        'this gateway is behind a proxy, through which no image is fetched',
        {
          code: 'address_not_allowed',
        },
      )
    }
    loaded ??= import('./transport/guarded-fetch.ts').then(({ createGuardedFetch }) =>
      createGuardedFetch({ extraCa }),
    )
    const fetch = await loaded
    return fetch(request)
  }
}

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']

function isProxied(environment: AssembleOptions['environment']): boolean {
  return PROXIES.some((name) => environment[name] || environment[name.toLowerCase()])
}
