import { assembleEngine } from '../assemble.ts'
import type { Assembled, AssembleOptions } from '../assemble.ts'
import type { Environment } from '../config/plain.ts'
import type { Admission } from '../core/admission.ts'
import type { Authenticator } from '../core/authenticator.ts'
import { systemClock } from '../core/clock.ts'
import type { Clock } from '../core/clock.ts'
import { errorName } from '../core/errors.ts'
import type { HttpClient } from '../core/http.ts'
import type { Observer } from '../core/ledger.ts'
import { silentLog } from '../core/log.ts'
import type { Log } from '../core/log.ts'
import type { ResponseStore } from '../core/response-store.ts'
import type { Settings } from '../core/settings.ts'
import { dialects } from '../dialects/index.ts'
import { createAccessLog } from '../telemetry/access-log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import type { StopCounts } from '../telemetry/stop-counts.ts'
import type { Siblings } from '../telemetry/siblings.ts'
import { openOpenTelemetry } from '../telemetry/open-telemetry.ts'
import { createMasterKeyAuthenticator } from './call/master-key.ts'
import { openConfiguration } from './configuration.ts'
import { createDashboard } from './dashboard/index.ts'
import type { EndedSessions } from './dashboard/sessions.ts'
import { startGatewayServer } from './gateway-server.ts'
import type { Drained } from './gateway-server.ts'
import type { RefusedRequest } from './house.ts'
import { metricsRoute } from './own/metrics-route.ts'
import type { OwnRoute } from './own/own-route.ts'
import { VERSION } from './version.ts'

/**
 * What clients may name without a deployment of the configuration. A key for another provider that happens to stand in the
 * environment is the operator's, and not everyone's to spend; `litellm_proxy` has an address only where the operator gave it one.
 */
const CALLABLE_PROVIDERS = new Set(['github_copilot', 'litellm_proxy'])

export interface GatewayOptions {
  /** A configuration file in LiteLLM's form. @default none: every model of the catalogue is served */
  readonly config?: string | undefined
  /** Settings made in code, instead of a file. */
  readonly settings?: Settings | undefined
  /** @default '127.0.0.1'; any other address needs a master key */
  readonly host?: string | undefined
  /** 0 takes a free one. @default 4000 */
  readonly port?: number | undefined
  /** The key that may do everything. @default `JETWAY_MASTER_KEY`, else the configuration's */
  readonly masterKey?: string | undefined
  /** @default process.env */
  readonly environment?: Environment | undefined
  /** @default silent */
  readonly log?: Log | undefined
  /** Follow the file's changes. @default true */
  readonly watch?: boolean | undefined
  /** @default the machine's */
  readonly clock?: Clock | undefined
  /** Where the built page of `/ui` is. @default beside the built package @internal */
  readonly dashboardFolder?: string | undefined
  /** Other processes on the same port, for whose metrics this one answers too. @internal */
  readonly siblings?: Siblings | undefined
  /** Brings keys, limits, budgets and the ledger. Called once, before the port is bound. */
  readonly extend?: ((context: ExtensionContext) => Promise<GatewayExtensions>) | undefined
}

/** What extensions may build on. */
export interface ExtensionContext {
  /** The settings in force; ask anew for each use. */
  readonly settings: () => Settings
  /** With the variables of the configuration file. */
  readonly environment: Environment
  readonly clock: Clock
  readonly log: Log
  /** For connecting seats. It comes after the extensions: ask when it is needed, not at once. */
  readonly copilot: () => Assembled['copilot']
  /** Whole exchanges with control planes, through the gateway's own proxies and certificates. Comes as late. */
  readonly http: () => HttpClient
}

/** What other rooms bring: who calls, what he may, who hears of it, and further endpoints. */
export interface GatewayExtensions {
  readonly authenticator?: Authenticator | undefined
  readonly admission?: Admission | undefined
  readonly observers?: readonly Observer[] | undefined
  readonly routes?: readonly OwnRoute[] | undefined
  /** Where responses are kept for clients that go on from them. @default this process's memory */
  readonly responses?: ResponseStore | undefined
  readonly seats?: AssembleOptions['seats']
  readonly sharedTokens?: AssembleOptions['sharedTokens']
  readonly sessions?: AssembleOptions['sessions']
  /** Puts something before the engine of clients' calls. */
  readonly wrap?: ((engine: Assembled['engine']) => Assembled['engine']) | undefined
  /** Rejects while calls should not come; readiness says so. */
  readonly ready?: (() => Promise<void>) | undefined
  /** Seats and keys that are stopped, and how often each reason stopped one: for metrics. */
  readonly stops?: StopCounts | undefined
  /** Dashboard sessions that some process has ended. */
  readonly endedSessions?: EndedSessions | undefined
  /** Called when no call is left, before the process may end: writes what is still in memory. */
  readonly flush?: (() => Promise<void>) | undefined
}

export interface Gateway {
  /** As `http://127.0.0.1:4000`. */
  readonly url: string
  readonly port: number
  /** Sign-in, status and quota of the seats behind it. */
  readonly copilot: Assembled['copilot']
  readonly settings: () => Settings
  /** Calls under way. */
  readonly inFlight: number
  /** Reads the configuration file now; a bad one is reported, and the old one stays. */
  reload(): Promise<void>
  /** Puts settings made in code in force, for the next call on. Throws a `ConfigError`. */
  configure(settings: Settings): void
  /** The gentle end: not ready any more, calls under way finish within the limit, records are written. */
  drain(limitMs?: number): Promise<Drained>
  /** The quick end. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts a gateway and resolves once it accepts calls. Rejects with a `ConfigError`, or when the port is taken.
 *
 * @example
 * const gateway = await createGateway({ port: 0, masterKey: 'sk-local' })
 * const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-local' })
 */
export async function createGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const clock = options.clock ?? systemClock
  const log = options.log ?? silentLog
  const configuration = await openConfiguration({
    file: options.config,
    settings: options.settings,
    environment: options.environment ?? process.env,
    host: options.host,
    port: options.port,
    masterKey: options.masterKey,
    watch: options.watch ?? true,
    clock,
    log,
  })
  const { current, environment } = configuration
  let house: Assembled | undefined
  const context = {
    settings: current,
    environment,
    clock,
    log,
    copilot: () => started(house).copilot,
    http: () => started(house).transport,
  }
  const tracing = current().gateway.openTelemetry ? await openOpenTelemetry(VERSION) : undefined
  const extensions = (await options.extend?.(context)) ?? {}
  const metrics = createMetrics({
    inFlight: () => server?.inFlight ?? 0,
    quotaLeft: () => house?.copilot.quotaLeft() ?? new Map(),
    stops: extensions.stops,
    siblings: options.siblings,
  })
  let server: Awaited<ReturnType<typeof startGatewayServer>> | undefined
  const masterKey = (): string | undefined => current().gateway.masterKey
  const authenticator = extensions.authenticator ?? createMasterKeyAuthenticator(masterKey)
  const dashboard = createDashboard({
    authenticator,
    masterKey,
    clock,
    version: VERSION,
    folder: options.dashboardFolder,
    endedSessions: extensions.endedSessions,
    engine: () => assembled.engine,
    copilot: context.copilot,
  })
  const assembled = assembleEngine({
    settings: current,
    environment,
    log,
    clock,
    admission: extensions.admission,
    callableProviders: CALLABLE_PROVIDERS,
    observers: [
      metrics.observer,
      ...(tracing === undefined ? [] : [tracing.observer]),
      createAccessLog(log, tracing?.traceIdOf),
      dashboard.observer,
      ...(extensions.observers ?? []),
    ],
    seats: extensions.seats,
    sharedTokens: extensions.sharedTokens,
    sessions: extensions.sessions,
    onTokenRefresh: metrics.refreshed,
  })
  house = assembled
  configuration.onChange = ({ copilot }) => {
    assembled.copilot.configure(copilot)
  }

  const shutDown = async (): Promise<void> => {
    configuration.close()
    dashboard.close()
    await extensions.flush?.()
    await assembled.close()
    metrics.close()
  }
  try {
    server = await startGatewayServer({
      engine: extensions.wrap?.(assembled.engine) ?? assembled.engine,
      dialects,
      settings: () => current().gateway,
      authenticator,
      clock,
      log,
      version: VERSION,
      responses: extensions.responses,
      routes: [metricsRoute(metrics), ...dashboard.routes, ...(extensions.routes ?? [])],
      ready: extensions.ready,
      onRefused: (refused) => {
        metrics.refused(errorName(refused.error))
        logRefused(log, refused)
      },
    })
  } catch (error) {
    await shutDown()
    throw error
  }

  const running = server
  dashboard.attach(running.server)
  let ending: Promise<Drained> | undefined
  const end = (stop: () => Promise<Drained>): Promise<Drained> => {
    ending ??= stop().finally(shutDown)
    return ending
  }
  const close = async (): Promise<void> => {
    // Also while it drains: then this is the impatient end of that.
    await running.close()
    await end(() => Promise.resolve({ cut: 0 }))
  }
  return {
    url: running.url,
    port: running.port,
    copilot: assembled.copilot,
    settings: current,
    get inFlight() {
      return running.inFlight
    },
    reload: () => configuration.reload(),
    configure: (settings) => {
      configuration.replace(settings)
    },
    drain: (limitMs = current().gateway.drainMs) => end(() => running.drain(limitMs)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function started(house: Assembled | undefined): Assembled {
  if (house) return house
  throw new TypeError('the gateway has not started yet')
}

/** Who has no key, or knocks at doors that are not there, is worth a line, but not an alarm. */
function logRefused(log: Log, { id, method, route, error }: RefusedRequest): void {
  const { status, code } = error
  log.info('refused', { id, method, route, status, error: errorName(error), code })
}
