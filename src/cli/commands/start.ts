import type { CommandContext, CommandInput } from '../command.ts'
import { findFreePort } from '../start/free-port.ts'
import { hearHangUps } from '../start/hang-ups.ts'
import { serve } from '../start/serve.ts'
import { readStartOptions } from '../start/start-options.ts'
import { announceReady, isWorker, runWorkers, stopSignal, workersPort } from '../start/workers.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  // Before all else: until then a SIGHUP ends the process.
  const hangUps = hearHangUps()
  try {
    const options = readStartOptions(input, context.terminal)
    const printReady = (url: string): Promise<void> =>
      context.terminal.print(`Jetway listening on ${url}\n`)
    if (isWorker()) {
      const port = workersPort(process.env) ?? options.port
      // Ctrl-C reaches every process of the group; what ends a worker is the word of the one that started it.
      const own = { ...context, signal: stopSignal() }
      await serve(own, { ...options, port }, hangUps, announceReady)
    } else if (options.workers > 1) {
      const { terminal, signal } = context
      const { workers: count, host } = options
      const port = options.port === 0 ? await findFreePort(host) : undefined
      await runWorkers({ count, port, terminal, signal, hangUps, onReady: printReady })
    } else {
      await serve(context, options, hangUps, printReady)
    }
  } finally {
    hangUps.close()
  }
}
