import { isLoopback } from '../core/loopback.ts'
import { buildSettings } from './build-settings.ts'
import type { ConfigFlags } from './pick.ts'
import type { Origin } from './choose.ts'
import { checkKeys } from './check-keys.ts'
import { formatPath, positionOf } from './located.ts'
import type { LocatedMap } from './located.ts'
import { plainFrom, withFileVariables } from './plain.ts'
import type { Environment } from './plain.ts'
import { ConfigError } from './problem.ts'
import type { ConfigProblem } from './problem.ts'
import { readConfigFiles } from './read-files.ts'
import { configSchema } from './schema.ts'
import type { Settings } from '../core/settings.ts'

export interface LoadOptions {
  /** Without one, only flags, environment and defaults count. */
  readonly file?: string | undefined
  readonly flags?: ConfigFlags | undefined
  readonly environment: Environment
}

export interface LoadedConfig {
  readonly settings: Settings
  readonly warnings: readonly ConfigProblem[]
  /** The process's own, with the file's `environment_variables` behind it. */
  readonly environment: Environment
  /** Where each setting came from. */
  readonly origins: readonly Origin[]
  /** Every file read, absolute: what has to be watched. */
  readonly files: readonly string[]
}

/** Reads, checks and builds the settings; a flag wins over the environment, that over the file. Throws a `ConfigError`. */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const { root, files } = options.file === undefined ? EMPTY : await readConfigFiles(options.file)
  const environment = withFileVariables(root, options.environment)
  const plain = plainFrom(root, environment)
  // Code made for the schema pays off where much is checked; this is checked once.
  const parsed = configSchema.safeParse(plain.value, { jitless: true })
  const warnings: ConfigProblem[] = [...checkKeys(root, configSchema)]
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => ({
        message: `${formatPath(issue.path)} ${issue.message}`.trim(),
        at: positionOf(root, issue.path),
      })),
    )
  }
  const errors: ConfigProblem[] = []
  const { settings, origins } = buildSettings(parsed.data, {
    flags: options.flags ?? {},
    environment,
    warn: (problem) => warnings.push(problem),
    fail: (problem) => errors.push(problem),
    at: (path) => positionOf(root, path),
  })
  for (const { message, at, path } of plain.missing) {
    // A gateway that should have a key must not become an open one because a variable is missing.
    const locks = path.endsWith('master_key') && settings.gateway.masterKey === undefined
    if (locks) errors.push({ message: `${message}; without it the gateway would be open`, at })
    else warnings.push({ message, at })
  }
  errors.push(...exposureProblems(settings, root))
  if (errors.length > 0) throw new ConfigError(errors)
  return { settings, warnings, environment, origins, files }
}

const EMPTY: { readonly root: LocatedMap; readonly files: readonly string[] } = {
  root: {
    kind: 'map',
    at: { file: '', line: 1, column: 1 },
    size: 1,
    members: new Map(),
  },
  files: [],
}

/** Anyone who reaches an open gateway spends its owner's quota. */
function exposureProblems(settings: Settings, root: LocatedMap): readonly ConfigProblem[] {
  const { host, masterKey } = settings.gateway
  if (masterKey !== undefined || isLoopback(host)) return []
  const section = ['jetway', 'jetway_settings'].find(
    (name) => root.members.get(name)?.value.kind === 'map',
  )
  const path = section === undefined ? [] : [section, 'host']
  const inFile = section !== undefined && hostStandsIn(root, section)
  return [
    {
      message:
        `listening on ${host} without a master key would let everyone who reaches it use the seat; ` +
        'set JETWAY_MASTER_KEY (or general_settings.master_key), or listen on 127.0.0.1',
      at: inFile ? positionOf(root, path) : undefined,
    },
  ]
}

function hostStandsIn(root: LocatedMap, section: string): boolean {
  const value = root.members.get(section)?.value
  return value?.kind === 'map' && value.members.has('host')
}
