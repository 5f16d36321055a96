import type { CommandContext, CommandInput } from '../command.ts'
import { serve } from '../start/serve.ts'
import { readStartOptions } from '../start/start-options.ts'
import { announceReady, isWorker, runWorkers, stopSignal } from '../start/workers.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const options = readStartOptions(input, context.terminal)
  const printReady = (url: string): Promise<void> =>
    context.terminal.print(`Jetway listening on ${url}\n`)
  if (isWorker()) {
    // Ctrl-C reaches every process of the group; what ends a worker is the word of the one that started it.
    await serve({ ...context, signal: stopSignal() }, options, announceReady)
  } else if (options.workers > 1) {
    const { terminal, signal } = context
    await runWorkers({ count: options.workers, terminal, signal, onReady: printReady })
  } else {
    await serve(context, options, printReady)
  }
}
