import { existsSync } from 'node:fs'
import { loadConfig, requireDatabasePlace } from '../../config/index.ts'
import type { Settings } from '../../core/settings.ts'
import { dataFolder } from '../../store/data-folder.ts'
import { isPostgres, storePlaces } from '../../store/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { usualFile } from '../start/usual-file.ts'

/** Where the gateway keeps its data, found as the gateway itself finds it. */
export interface StorePlace {
  /** `postgres://…` or a path. */
  readonly location: string
  /** As it may be shown: without user and password. */
  readonly shown: string
  readonly redisUrl: string | undefined
  readonly environment: CommandContext['environment']
  readonly settings: Settings
  /** A path that has no file yet. */
  readonly absent: boolean
}

export async function findStorePlace(
  { environment }: Pick<CommandContext, 'environment'>,
  input: CommandInput,
): Promise<StorePlace> {
  const chosen = input.options.get('config')
  const file = typeof chosen === 'string' ? chosen : usualFile(environment)
  const loaded = await loadConfig({ file, environment })
  const { databaseUrl, redisUrl } = loaded.settings.gateway
  requireDatabasePlace(databaseUrl)
  const { location } = storePlaces(dataFolder(loaded.environment), databaseUrl)
  const isPath = !isPostgres(location)
  return {
    location,
    shown: isPath ? location : withoutUser(location),
    redisUrl,
    environment: loaded.environment,
    settings: loaded.settings,
    absent: isPath && !existsSync(location),
  }
}

/** Reading commands make no database: that there is none is the answer. */
export function requireStore({ absent, shown }: StorePlace): void {
  if (!absent) return
  throw new ExitError(
    EXIT.failed,
    `there is no gateway data yet at ${shown}: it is made when the gateway first runs; JETWAY_DATA_DIR or DATABASE_URL say where else to look`,
  )
}

function withoutUser(location: string): string {
  try {
    const { protocol, host, pathname } = new URL(location)
    return `${protocol}//${host}${pathname}`
  } catch {
    return 'the database of DATABASE_URL'
  }
}
