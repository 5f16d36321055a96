import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build } from 'esbuild'

export interface Replica {
  readonly url: string
  /** Ends it at once, as a machine's failure does. */
  kill(): Promise<void>
  /** The gentle end. */
  stop(): Promise<void>
  /** Sets its clock against this machine's. */
  shift(ms: number): Promise<void>
}

const root = join(import.meta.dirname, '..', '..', '..')
let bundled: Promise<string> | undefined

/** Starts a gateway in a process of its own, with this environment and nothing of whoever runs the tests. */
export async function startReplica(
  environment: Readonly<Record<string, string>>,
): Promise<Replica> {
  bundled ??= bundle()
  const child = fork(await bundled, {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const { url } = await answer<{ url: string }>(child)
  const ended = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  return {
    url,
    async kill() {
      child.kill('SIGKILL')
      await ended()
    },
    async stop() {
      if (child.connected) child.send({ stop: true })
      await ended()
    },
    async shift(ms) {
      child.send({ shiftMs: ms })
      await answer(child)
    },
  }
}

async function answer<Message>(child: ChildProcess): Promise<Message> {
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`the gateway ended with ${code}`)
  })
  const [message] = (await Promise.race([once(child, 'message'), gone])) as [Message]
  return message
}

/** The source as one file that Node runs; it lies where the packages it imports are found. */
async function bundle(): Promise<string> {
  const outfile = join(root, 'node_modules', '.cache', `jetway-replica-${process.pid}.mjs`)
  await build({
    entryPoints: [join(import.meta.dirname, 'replica-process.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  })
  return outfile
}
