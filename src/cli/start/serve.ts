import type { CommandContext } from '../command.ts'
import { ExitError, EXIT } from '../exit-codes.ts'
import { terminalLog } from '../terminal-log.ts'
import { untilAborted } from '../until-aborted.ts'
import { readConfiguration } from './configuration.ts'
import { curlLine, startDemo } from './demo.ts'
import { openGateway } from './open-gateway.ts'
import { signInAtStart } from './sign-in-at-start.ts'
import type { StartOptions } from './start-options.ts'

/** Runs one gateway until the signal aborts, then lets its calls finish. `onReady` hears where it listens. */
export async function serve(
  context: CommandContext,
  options: StartOptions,
  onReady: (url: string) => Promise<void>,
): Promise<void> {
  const { terminal, signal } = context
  const demo = options.demo ? await startDemo(context.environment) : undefined
  try {
    const configuration = await readConfiguration(
      options,
      demo?.environment ?? context.environment,
      terminal,
    )
    const { settings, environment } = configuration
    const log = terminalLog(terminal)
    const gateway = await openGateway({
      settings,
      environment,
      log,
      version: context.version,
    }).catch((error: unknown) => {
      throw explainBinding(error, settings.gateway)
    })
    const watch = configuration.watch((changed) => {
      gateway.configure(changed)
    })
    const onHangUp = (): void => {
      if (watch) void watch.reload()
      else terminal.say('There is no configuration file to read again.')
    }
    process.on('SIGHUP', onHangUp)
    try {
      await onReady(gateway.url)
      if (demo) {
        terminal.say('This is a demo against the built-in emulator: no account, no network. Try:')
        terminal.say(curlLine(gateway.url, settings.gateway.masterKey))
      }
      void signInAtStart(gateway.copilot, settings, { ...context, environment })
      await untilAborted(signal)
      terminal.say('Stopping: running calls may finish. Once more to stop at once.')
    } finally {
      process.off('SIGHUP', onHangUp)
      watch?.close()
      await gateway.drain()
    }
  } finally {
    await demo?.close()
  }
}

function explainBinding(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    const message = `port ${port} of ${host} is taken; choose another with --port, or 0 for any free one`
    return new ExitError(EXIT.failed, message)
  }
  if (code === 'EACCES') {
    return new ExitError(EXIT.failed, `port ${port} needs more rights; take one above 1023`)
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new ExitError(EXIT.failed, `${host} is no address of this machine`)
  }
  return error
}
