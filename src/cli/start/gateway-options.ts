import { loadConfig } from '../../config/index.ts'
import type { Log } from '../../core/log.ts'
import type { Settings } from '../../core/settings.ts'
import type { GatewayOptions } from '../../gateway/index.ts'
import type { CommandContext, Terminal } from '../command.ts'
import type { StartOptions } from './start-options.ts'
import { usualFile } from './usual-file.ts'

/** What the command line comes to for the gateway. */
export async function gatewayOptions(
  options: StartOptions,
  environment: CommandContext['environment'],
  terminal: Terminal,
  log: Log,
): Promise<GatewayOptions> {
  const { host, port } = options
  const config = options.config ?? (options.demo ? undefined : usualFile(environment))
  if (config !== undefined && options.config === undefined) {
    terminal.say(`Configuration: ${config}`)
  }
  const common = { host, port, environment, log }
  if (options.requestTimeoutMs === undefined && !options.dropParams) return { ...common, config }
  if (config !== undefined) {
    terminal.warn('--request_timeout and --drop_params do nothing here: the configuration says it')
    return { ...common, config }
  }
  const { settings } = await loadConfig({ environment, flags: { host, port } })
  return { ...common, settings: withFlags(settings, options) }
}

function withFlags(settings: Settings, { requestTimeoutMs, dropParams }: StartOptions): Settings {
  const { router } = settings
  const timeoutMs = requestTimeoutMs ?? router.timeoutMs
  return {
    ...settings,
    router: { ...router, timeoutMs, dropParams: dropParams || router.dropParams },
  }
}
