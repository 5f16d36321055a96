import { assembleEngine } from '../../assemble.ts'
import { systemClock } from '../../core/clock.ts'
import type { CopilotUpstream } from '../../copilot/index.ts'
import type { Log } from '../../core/log.ts'
import type { Settings } from '../../core/settings.ts'
import { dialects } from '../../dialects/index.ts'
import { createMasterKeyAuthenticator } from '../../gateway/call/master-key.ts'
import { startGatewayServer } from '../../gateway/gateway-server.ts'

export interface OpenGateway {
  readonly url: string
  readonly copilot: CopilotUpstream
  /** A changed configuration counts for the next call. */
  configure(settings: Settings): void
  drain(): Promise<void>
}

export async function openGateway(options: {
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly version: string
}): Promise<OpenGateway> {
  const { environment, log, version } = options
  let { settings } = options
  const house = assembleEngine({ settings: () => settings, environment, log })
  const server = await startGatewayServer({
    engine: house.engine,
    dialects,
    settings: () => settings.gateway,
    authenticator: createMasterKeyAuthenticator(() => settings.gateway.masterKey),
    clock: systemClock,
    log,
    version,
  })
  return {
    url: server.url,
    copilot: house.copilot,
    configure(changed) {
      settings = changed
      house.copilot.configure(changed.copilot)
    },
    async drain() {
      await server.drain(settings.gateway.drainMs)
      await house.close()
    },
  }
}
