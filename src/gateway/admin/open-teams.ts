import { requireDatabasePlace } from '../../config/database-place.ts'
import { ConfigError } from '../../config/problem.ts'
import {
  createPromptKeeper,
  createTeams,
  type PromptKeeper,
  type Teams,
} from '../../policy/index.ts'
import { createSeal, SealError, type Seal } from '../../policy/seats/seal.ts'
import {
  dataFolder,
  findSealKeys,
  isPostgres,
  openStore,
  storePlaces,
  type Store,
  type StoreOptions,
} from '../../store/index.ts'
import type { ExtensionContext, GatewayExtensions } from '../create-gateway.ts'
import { adminRoutes } from './admin-routes.ts'
import { createSeatConnector } from './seat-connector.ts'
import { readTeamSettings, type TeamSettings } from './team-settings.ts'

export interface TeamOptions {
  /** Other than the configuration's and `DATABASE_URL`. */
  readonly location?: string | undefined
  /** The process that counts for all workers of this machine, where there are several. */
  readonly hub?: StoreOptions['hub']
}

/** What a gateway gains: plugged in as `extend`. */
export interface TeamExtensions extends GatewayExtensions {
  readonly store: Store
  readonly teams: Teams
}

/**
 * Brings keys, limits, budgets, seats, the ledger and their administration to a gateway.
 *
 * @example
 * const gateway = await createGateway({ extend: (context) => openTeams(context) })
 */
export async function openTeams(
  context: ExtensionContext,
  options: TeamOptions = {},
): Promise<TeamExtensions> {
  const { clock, log, environment, settings } = context
  const { databaseUrl, redisUrl } = settings().gateway
  const chosen = readTeamSettings(environment, context)
  const folder = dataFolder(environment)
  requireDatabasePlace(options.location, 'location')
  if (options.location === undefined) requireDatabasePlace(databaseUrl)
  const { location, spoolFolder } = storePlaces(folder, options.location ?? databaseUrl)
  const shared = isPostgres(location)
  const seal = await sealFrom({ environment, dataFolder: folder, shared })
  if (!seal) {
    log.warn(
      'no key to encrypt GitHub tokens with: nobody can connect a seat until JETWAY_SEAL_KEY is set',
    )
  }
  const store = await openStore({
    location,
    redisUrl,
    hub: options.hub,
    spoolFolder,
    clock,
    log,
    seal,
    migrations: chosen.migrations,
    replicas: chosen.replicas,
    retention: chosen.retention,
  })
  const teams = createTeams({
    store,
    clock,
    log,
    limits: () => settings().limits,
    masterKey: () => settings().gateway.masterKey,
    seal,
    sharedSeat: chosen.sharedSeat,
    organisation: chosen.organisation,
    whenStoreIsAway: chosen.whenStoreIsAway,
    keysUsableMs: chosen.keysUsableMs,
    connector: createSeatConnector(context.copilot),
    longestCallMs: settings().router.timeoutMs,
    onSeatGone: (seat) => {
      context.copilot().forget(seat)
    },
  })
  const prompts = keeperOf(chosen, store, seal, context)
  return {
    store,
    teams,
    wrap: prompts && ((engine) => prompts.wrap(engine)),
    authenticator: teams.authenticator,
    admission: teams.admission,
    observers: teams.observers,
    seats: teams.seatCredentials,
    sharedTokens: store.tokens,
    sessions: store.sessions,
    responses: store.responses,
    routes: adminRoutes({
      teams,
      ledger: store.ledger,
      prompts,
      audit: store.audit,
      hosts: {
        usual: () => context.copilot().deviceFlow.host,
        allowed: chosen.githubHosts,
      },
      quota: (seat, signal) => context.copilot().quota(seat, signal),
      clock,
    }),
    stops: teams.stops,
    endedSessions: store.endedSessions,
    ready: () => store.ready(),
    async flush() {
      await prompts?.flush()
      await teams.close()
      await store.close()
    },
  }
}

async function sealFrom(options: Parameters<typeof findSealKeys>[0]): Promise<Seal | undefined> {
  const keys = await findSealKeys(options).catch((cause: unknown) => {
    throw new ConfigError([{ message: cause instanceof Error ? cause.message : 'no seal key' }])
  })
  if (keys === undefined) return undefined
  try {
    return createSeal(keys)
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    const message = `the key to encrypt GitHub tokens with (JETWAY_SEAL_KEY) is wrong: ${cause.message}`
    throw new ConfigError([{ message }])
  }
}

/** Only where prompts are to be kept; and never in the clear. */
function keeperOf(
  { prompts }: TeamSettings,
  store: Store,
  seal: Seal | undefined,
  { clock, log }: ExtensionContext,
): PromptKeeper | undefined {
  if (!prompts) return undefined
  if (!seal) {
    const message =
      'JETWAY_KEEP_PROMPTS is set: prompts are kept encrypted only, so JETWAY_SEAL_KEY is needed'
    throw new ConfigError([{ message }])
  }
  return createPromptKeeper({ store: store.prompts, seal, clock, log, ...prompts })
}
