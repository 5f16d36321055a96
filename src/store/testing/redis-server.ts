import { spawn, spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { freePort, type TestServer } from './postgres-server.ts'

/** A Redis (or Valkey) server of this machine's packages on a free port; `undefined` when none is installed. */
export async function startRedis(): Promise<TestServer | undefined> {
  const binary = ['redis-server', 'valkey-server'].find(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
  )
  if (!binary) return undefined
  const port = await freePort()
  const launch = () =>
    spawn(
      binary,
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      { stdio: 'ignore' },
    )
  let child = launch()
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }
  await answering(port)
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async start() {
      child = launch()
      await answering(port)
    },
  }
}

async function answering(port: number): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const reachable = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => {
        resolve(false)
      })
    })
    if (reachable) return
    if (attempt > 200) throw new Error(`Redis does not answer on port ${port}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
