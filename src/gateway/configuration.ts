import { ConfigError, formatProblem, loadConfig, watchConfig } from '../config/index.ts'
import type { ConfigWatch, Environment, LoadedConfig } from '../config/index.ts'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { isLoopback } from '../core/loopback.ts'
import type { Settings } from '../core/settings.ts'

export interface ConfigurationOptions {
  /** LiteLLM's form; without it, flags, environment and defaults count. */
  readonly file?: string | undefined
  /** Instead of a file: settings made in code. */
  readonly settings?: Settings | undefined
  readonly environment: Environment
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly masterKey?: string | undefined
  readonly watch: boolean
  readonly clock: Clock
  readonly log: Log
}

/** The settings in force, which a changed file replaces as a whole or not at all. */
export interface Configuration {
  readonly current: () => Settings
  /** The process's own, with the file's `environment_variables` behind it. */
  readonly environment: Environment
  /** Called after a change is in force. */
  onChange: (settings: Settings) => void
  /** Reads the file now. */
  reload(): Promise<void>
  /** Puts settings made in code in force. Throws a `ConfigError`. */
  replace(settings: Settings): void
  close(): void
}

/** Rejects with a `ConfigError`. */
export async function openConfiguration(options: ConfigurationOptions): Promise<Configuration> {
  const { file, environment, clock, log } = options
  const flags = { host: options.host, port: options.port }
  const load = { file, flags, environment: withMasterKey(environment, options.masterKey) }
  const loaded: LoadedConfig | undefined =
    options.settings === undefined ? await loadConfig(load) : undefined
  let settings = loaded?.settings ?? inCode(options)
  const boundTo = settings.gateway.host
  refuseExposure(settings, boundTo)
  warnOf(loaded, log)

  const adopt = (changed: LoadedConfig): void => {
    const before = settings.gateway
    try {
      replace(changed.settings)
    } catch (error) {
      log.error('the changed configuration is not used', { problem: messageOf(error) })
      return
    }
    warnOf(changed, log)
    const { host, port } = changed.settings.gateway
    if (host !== before.host || port !== before.port) {
      log.warn('the address to listen on changes with the next start only')
    }
    log.info('the changed configuration is in force')
  }
  const watching: ConfigWatch | undefined =
    loaded === undefined || file === undefined || !options.watch
      ? undefined
      : watchConfig({
          ...load,
          clock,
          files: loaded.files,
          onChange: adopt,
          onError: (error) => {
            for (const problem of error.problems) {
              log.error('the changed configuration is not used', {
                problem: formatProblem(problem),
              })
            }
          },
        })

  const replace = (changed: Settings): void => {
    refuseExposure(changed, boundTo)
    settings = changed
    configuration.onChange(settings)
  }

  const configuration: Configuration = {
    current: () => settings,
    environment: loaded?.environment ?? environment,
    onChange: () => {},
    reload: async () => {
      await watching?.reload()
    },
    replace: (changed) => {
      replace(inCode({ ...options, settings: changed }))
    },
    close: () => {
      watching?.close()
    },
  }
  return configuration
}

/** A key given in code counts like one of the environment. */
function withMasterKey(environment: Environment, masterKey: string | undefined): Environment {
  return masterKey === undefined ? environment : { ...environment, JETWAY_MASTER_KEY: masterKey }
}

function inCode({ settings, host, port, masterKey }: ConfigurationOptions): Settings {
  if (settings === undefined) throw new TypeError('settings are missing')
  const { gateway } = settings
  return {
    ...settings,
    gateway: {
      ...gateway,
      host: host ?? gateway.host,
      port: port ?? gateway.port,
      masterKey: masterKey ?? gateway.masterKey,
    },
  }
}

/** Also after a change: the address stays the one that was bound. */
function refuseExposure({ gateway }: Settings, boundTo: string): void {
  if (gateway.masterKey !== undefined || isLoopback(boundTo)) return
  throw new ConfigError([
    {
      message:
        `listening on ${boundTo} without a master key would let everyone who reaches it use the seat; ` +
        'set JETWAY_MASTER_KEY, or listen on 127.0.0.1',
    },
  ])
}

function warnOf(loaded: LoadedConfig | undefined, log: Log): void {
  for (const warning of loaded?.warnings ?? []) log.warn(formatProblem(warning))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}
