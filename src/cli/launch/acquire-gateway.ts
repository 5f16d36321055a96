import { randomBytes } from 'node:crypto'
import { createGateway } from '../../gateway/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { findLocalGateway, gatewayOption } from '../gateway/local-gateway.ts'
import type { LocalGateway } from '../gateway/local-gateway.ts'
import { probeGateway } from '../gateway/probe.ts'
import { startDemo } from '../start/demo.ts'
import { teamExtensions } from '../start/team-extensions.ts'
import { silentLog } from '../../core/log.ts'
import { terminalLog } from '../terminal-log.ts'

/** A gateway to launch a client against. */
export interface AcquiredGateway {
  readonly url: string
  /** What its keys are made with; absent where it is open, or not ours to administer. */
  readonly masterKey: string | undefined
  /** Whether it was started for this. */
  readonly own: boolean
  release(): Promise<void>
}

/** The one named; else the one that runs on this machine; else one of its own, on a free port and with a key. */
export async function acquireGateway(
  context: CommandContext,
  input: CommandInput,
): Promise<AcquiredGateway> {
  const named = gatewayOption(input)
  const release = (): Promise<void> => Promise.resolve()
  if (named !== undefined) return { url: named, masterKey: undefined, own: false, release }
  if (input.options.has('demo')) return startForDemo(context)
  const local = await findLocalGateway(context, input)
  const { masterKey } = local.settings.gateway
  if ((await probeGateway(local.url, context)) === 'jetway') {
    context.terminal.say(`Gateway: ${local.url}`)
    return { url: local.url, masterKey, own: false, release }
  }
  return startOwn(context, context.environment, local)
}

async function startForDemo(context: CommandContext): Promise<AcquiredGateway> {
  const demo = await startDemo(context.environment)
  try {
    const started = await startOwn(context, demo.environment, undefined)
    const release = async (): Promise<void> => {
      await started.release()
      await demo.close()
    }
    return { ...started, release }
  } catch (error) {
    await demo.close()
    throw error
  }
}

/** Its lines would run through the client's picture: they are shown with `--verbose` only. */
async function startOwn(
  context: CommandContext,
  environment: CommandContext['environment'],
  local: LocalGateway | undefined,
): Promise<AcquiredGateway> {
  const { terminal } = context
  const masterKey =
    local?.settings.gateway.masterKey ?? `sk-launch-${randomBytes(32).toString('base64url')}`
  const gateway = await createGateway({
    config: local?.config,
    host: '127.0.0.1',
    port: 0,
    masterKey,
    environment,
    log: terminal.verbose ? terminalLog(terminal) : silentLog,
    extend: (given) => teamExtensions(given, terminal),
  })
  terminal.say(`Gateway: ${gateway.url}, started for this client and ended with it`)
  return {
    url: gateway.url,
    masterKey,
    own: true,
    async release() {
      await gateway.drain(DRAIN_MS)
    },
  }
}

/** Whoever asked is gone. */
const DRAIN_MS = 1_000
