import { Interrupted } from './exit-codes.ts'
import { run } from './run.ts'
import { createTerminal } from './terminal.ts'
import { tuneCollector } from './tune-collector.ts'

/** Runs the command line as this process: its streams, its signals, its exit code. */
export async function runProcess(words: readonly string[], version: string): Promise<void> {
  // Before the code of a command is loaded, which is most of what is ever collected of a short one.
  tuneCollector()
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // The second one means it: whatever still winds down is left.
      if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143)
      controller.abort(new Interrupted(name))
    })
  }
  // A reader that has enough (`| head`) closes the pipe; that is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1)
  })
  const code = await run(words, {
    environment: process.env,
    stdin: process.stdin,
    terminal: createTerminal({
      stdout: process.stdout,
      stderr: process.stderr,
      stdin: process.stdin,
      environment: process.env,
      words,
    }),
    signal: controller.signal,
    version,
  })
  process.exitCode = code
  // Whatever a command left open (a socket kept alive, a timer) must not keep the shell waiting.
  setImmediate(() => process.exit(code))
}
