import { createGateway } from '../../gateway/index.ts'
import type { Gateway, GatewayOptions } from '../../gateway/index.ts'
import { createSiblings } from '../../telemetry/siblings.ts'
import type { CommandContext } from '../command.ts'
import { explainBinding } from '../explain-binding.ts'
import { untilAborted } from '../until-aborted.ts'
import { curlLine, startDemo } from './demo.ts'
import { openGatewayLog } from './gateway-log.ts'
import { gatewayOptions } from './gateway-options.ts'
import type { HangUps } from './hang-ups.ts'
import { signInAtStart } from './sign-in-at-start.ts'
import type { StartOptions } from './start-options.ts'
import { teamExtensions } from './team-extensions.ts'
import { siblingLine } from './workers.ts'

/** Runs one gateway until the signal aborts, then lets its calls finish. `onReady` hears where it listens. */
export async function serve(
  context: CommandContext,
  options: StartOptions,
  hangUps: HangUps,
  onReady: (url: string) => Promise<void>,
): Promise<void> {
  const { terminal } = context
  const { log, flush } = await openGatewayLog(terminal)
  const demo = options.demo ? await startDemo(context.environment, options.host) : undefined
  try {
    const environment = demo?.environment ?? context.environment
    const wanted = await gatewayOptions(options, environment, terminal, log)
    const extend: GatewayOptions['extend'] = (given) =>
      teamExtensions(given, terminal, options.workers)
    const line = siblingLine()
    const siblings = line && createSiblings(line)
    const gateway = await createGateway({ ...wanted, extend, siblings }).catch((error: unknown) => {
      throw explainBinding(error)
    })
    try {
      await onReady(gateway.url)
      if (demo) {
        terminal.say('This is a demo against the built-in emulator: no account, no network. Try:')
        terminal.say(curlLine(gateway.url, environment))
      }
      await untilStopped(gateway, hangUps, context)
    } finally {
      const { cut } = await gateway.drain()
      if (cut > 0) terminal.warn(`${cut} calls took too long and were cut.`)
    }
  } finally {
    await demo?.close()
    flush()
  }
}

async function untilStopped(
  gateway: Gateway,
  hangUps: HangUps,
  context: CommandContext,
): Promise<void> {
  const { terminal, signal } = context
  hangUps.listen(() => void gateway.reload())
  void signInAtStart(gateway.copilot, gateway.settings(), context)
  await untilAborted(signal)
  terminal.say('Stopping: running calls may finish. Once more to stop at once.')
}
