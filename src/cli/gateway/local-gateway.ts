import { loadConfig } from '../../config/index.ts'
import type { Settings } from '../../core/settings.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { UsageError } from '../exit-codes.ts'
import { readPort } from '../read-port.ts'
import { usualFile } from '../start/usual-file.ts'

/** Where a gateway of this machine would listen, by its own configuration. */
export interface LocalGateway {
  readonly url: string
  readonly settings: Settings
  readonly config: string | undefined
}

export async function findLocalGateway(
  { environment }: Pick<CommandContext, 'environment'>,
  input: CommandInput,
): Promise<LocalGateway> {
  const chosen = input.options.get('config')
  const config = typeof chosen === 'string' ? chosen : usualFile(environment)
  const { settings } = await loadConfig({
    file: config,
    environment,
    flags: { port: readPort(input) },
  })
  return {
    url: `http://${reachable(settings.gateway.host)}:${settings.gateway.port}`,
    settings,
    config,
  }
}

/** `--gateway`, without a path and without `/v1`, which people copy along. */
export function gatewayOption({ options }: CommandInput): string | undefined {
  const given = options.get('gateway')
  if (typeof given !== 'string') return undefined
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError("'--gateway' must be an address such as https://jetway.example.com")
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError("'--gateway' must hold no password: keys go into JETWAY_API_KEY")
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')
  return `${url.origin}${path}`
}

/** What listens on every address is reached on loopback. */
function reachable(host: string): string {
  if (['0.0.0.0', '::', '[::]', ''].includes(host)) return '127.0.0.1'
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}
