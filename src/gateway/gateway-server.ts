import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Authenticator } from '../core/authenticator.ts'
import { wait } from '../core/clock.ts'
import type { Clock } from '../core/clock.ts'
import type { Dialect } from '../core/dialect.ts'
import type { Engine } from '../core/engine.ts'
import type { Log } from '../core/log.ts'
import type { ResponseStore } from '../core/response-store.ts'
import type { GatewaySettings } from '../core/settings.ts'
import { createTimeOrderedIds } from '../core/time-ordered-id.ts'
import { createGuardedListener } from './http/guarded-listener.ts'
import { createHttpServer } from './http/http-server.ts'
import type { GatewayHouse, RefusedRequest } from './house.ts'
import { createInFlight } from './in-flight.ts'
import { modelRoutes } from './models/model-routes.ts'
import { healthRoutes } from './own/health-routes.ts'
import type { OwnRoute } from './own/own-route.ts'
import { keepReasoning } from './reasoning/keep-reasoning.ts'
import { createMemoryResponseStore } from './responses/memory-store.ts'
import { createResponseBook } from './responses/response-book.ts'
import { responseRoutes } from './responses/response-routes.ts'
import { createResponsesEngine } from './responses/run-responses.ts'
import { createSocketDoor } from './responses/socket/socket-door.ts'
import { allRoutes } from './routes/all-routes.ts'
import { DATA_ROUTES } from './routes/data-routes.ts'
import { directRoutes } from './routes/direct-routes.ts'

export interface GatewayServerOptions {
  readonly engine: Engine
  readonly dialects: ReadonlyMap<string, Dialect>
  /** Asked for each request. Host and port count once, at the start. */
  readonly settings: () => GatewaySettings
  readonly authenticator: Authenticator
  readonly clock: Clock
  readonly log: Log
  readonly version: string
  /** Where responses are kept for clients that go on from them. @default this process's memory */
  readonly responses?: ResponseStore | undefined
  /** Administration, metrics, explanations: whatever other rooms add. */
  readonly routes?: readonly OwnRoute[] | undefined
  /** Rejects while something is missing that calls need; readiness says so. */
  readonly ready?: (() => Promise<void>) | undefined
  readonly onRefused?: ((refused: RefusedRequest) => void) | undefined
}

export interface Drained {
  /** Calls that were cut because the time was over. */
  readonly cut: number
}

export interface GatewayServer {
  /** As `http://127.0.0.1:4000`. */
  readonly url: string
  readonly port: number
  readonly server: Server
  /** Calls under way. */
  readonly inFlight: number
  /** Readiness goes to 503, calls under way finish within the limit, then the port is given back. */
  drain(limitMs: number): Promise<Drained>
  /** Ends everything now, and tells the clients of calls under way. */
  close(): Promise<void>
}

/** Sealed reasoning kept for clients that do not send it back; of all owners. */
const MOST_REASONING_BYTES = 64 * 1024 * 1024

/** How long clients whose calls were cut have to read why: one that reads nothing does not hold the stop up. */
const LAST_WORDS_MS = 1000

/** Binds the port; rejects when that fails. */
export async function startGatewayServer(options: GatewayServerOptions): Promise<GatewayServer> {
  const { settings, engine, clock } = options
  const inFlight = createInFlight(settings)
  const book = createResponseBook({
    store: options.responses ?? createMemoryResponseStore(),
    settings: () => settings().responses,
    clock,
    log: options.log,
  })
  const house: GatewayHouse = {
    engine: keepReasoning(createResponsesEngine(engine, book), {
      store: createMemoryResponseStore(MOST_REASONING_BYTES),
      settings: () => settings().responses,
      clock,
    }),
    dialects: options.dialects,
    settings,
    authenticator: options.authenticator,
    inFlight,
    clock,
    newId: createTimeOrderedIds(),
    log: options.log,
    onRefused: options.onRefused ?? (() => {}),
  }
  const { host, port } = settings()
  const routes = [...responseRoutes(book), ...(options.routes ?? [])]
  const everyRoute = allRoutes(house, ownRoutes({ ...options, routes }, house))
  const server = createHttpServer({
    listener: createGuardedListener(house, host, directRoutes(house, everyRoute)),
    maxBodyBytes: () => settings().maxBodyBytes,
  })
  const sockets = createSocketDoor(server, { house, engine, book, boundTo: host })
  await listen(server, host, port)
  const { port: bound } = server.address() as AddressInfo

  const disconnect = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve()
      })
      sockets.close()
      server.closeAllConnections()
    })
  /** Ends the calls under way; resolves when each has said so and its client has read it. */
  const abandon = async (): Promise<void> => {
    sockets.leave()
    inFlight.abandonAll()
    await Promise.all([inFlight.drained(), sockets.left()])
  }
  const close = async (): Promise<void> => {
    void abandon()
    // A turn for the last words: sockets whose clients read take them at once.
    await new Promise(setImmediate)
    await disconnect()
  }

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    server,
    get inFlight() {
      return inFlight.count
    },
    async drain(limitMs) {
      sockets.leave()
      await atMost(limitMs, inFlight.drained(), clock)
      const cut = inFlight.count
      if (cut > 0) await atMost(LAST_WORDS_MS, abandon(), clock)
      await disconnect()
      await book.flush()
      return { cut }
    },
    close,
  }
}

function ownRoutes(options: GatewayServerOptions, house: GatewayHouse): readonly OwnRoute[] {
  const { engine, version, ready } = options
  const routes: OwnRoute[] = [
    ...healthRoutes({ engine, inFlight: house.inFlight, version, ready }),
    ...modelRoutes(engine),
    ...(options.routes ?? []),
    {
      method: 'GET',
      path: '/',
      access: 'anyone',
      summary: 'Says who answers',
      answer: () => ({
        body: 'Jetway is running\n',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      }),
    },
  ]
  routes.push({
    method: 'GET',
    path: '/openapi.json',
    access: 'anyone',
    summary: 'This description',
    answer: async () => {
      const { openapiDocument } = await import('./own/openapi.ts')
      return { body: openapiDocument(DATA_ROUTES, routes, version) }
    },
  })
  return routes
}

/** Resolves when `done` does, or when the time is over. */
async function atMost(limitMs: number, done: Promise<void>, clock: Clock): Promise<void> {
  const over = new AbortController()
  await Promise.race([done, wait(clock, limitMs, over.signal).catch(() => {})])
  over.abort()
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
