import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { formatProblem, loadConfig, watchConfig } from '../../config/index.ts'
import type { ConfigWatch, LoadedConfig, LoadOptions } from '../../config/index.ts'
import { systemClock } from '../../core/clock.ts'
import type { Settings } from '../../core/settings.ts'
import type { CommandContext, Terminal } from '../command.ts'
import type { StartOptions } from './start-options.ts'

type Environment = CommandContext['environment']

export interface Configuration {
  readonly settings: Settings
  readonly environment: Environment
  /** Follows the files; `undefined` when there are none. */
  watch(onChange: (settings: Settings) => void): ConfigWatch | undefined
}

/** Flags over environment over file over defaults. Throws a `ConfigError`. */
export async function readConfiguration(
  options: StartOptions,
  environment: Environment,
  terminal: Terminal,
): Promise<Configuration> {
  const file = options.config ?? (options.demo ? undefined : usualFile(environment))
  const load: LoadOptions = {
    file,
    flags: { host: options.host, port: options.port },
    environment,
  }
  const loaded = await loadConfig(load)
  if (file !== undefined && options.config === undefined) terminal.say(`Configuration: ${file}`)
  warnOf(loaded, terminal)
  return {
    settings: withFlags(loaded.settings, options),
    environment: loaded.environment,
    watch(onChange) {
      if (loaded.files.length === 0) return undefined
      return watchConfig({
        ...load,
        clock: systemClock,
        files: loaded.files,
        onChange: (changed) => {
          warnOf(changed, terminal)
          terminal.say('The changed configuration is in force.')
          onChange(withFlags(changed.settings, options))
        },
        onError: (error) => {
          terminal.warn('The changed configuration cannot be used; the old one stays:')
          for (const problem of error.problems) terminal.warn(`  ${formatProblem(problem)}`)
        },
      })
    },
  }
}

/** Where a configuration stands that no flag names. https://specifications.freedesktop.org/basedir-spec/ */
export function usualFile(environment: Environment): string | undefined {
  const home = environment['HOME'] ?? environment['USERPROFILE']
  const folder = environment['XDG_CONFIG_HOME'] ?? (home && join(home, '.config'))
  if (!folder) return undefined
  const file = join(folder, 'jetway', 'config.yaml')
  return existsSync(file) ? file : undefined
}

function warnOf({ warnings }: LoadedConfig, terminal: Terminal): void {
  for (const problem of warnings) {
    terminal.warn(`${terminal.paint.yellow('warning:')} ${formatProblem(problem)}`)
  }
}

function withFlags(settings: Settings, options: StartOptions): Settings {
  const { router } = settings
  return {
    ...settings,
    router: {
      ...router,
      timeoutMs: options.requestTimeoutMs ?? router.timeoutMs,
      dropParams: options.dropParams || router.dropParams,
    },
  }
}
