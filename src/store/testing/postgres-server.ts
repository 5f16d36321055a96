import { spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestServer {
  readonly url: string
  stop(): Promise<void>
  /** Ends the server at once, as a crash would, and starts it again on the same data and port. */
  kill(): Promise<void>
  start(): Promise<void>
}

/** A PostgreSQL server of this machine's packages on a free port, its data in a temporary folder; `undefined` when none is installed. */
export async function startPostgres(): Promise<TestServer | undefined> {
  const binaries = findBinaries()
  if (!binaries) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'jetway-postgres-'))
  // PostgreSQL refuses to run as root; its package brings a user of its own.
  const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : []
  if (asUser.length > 0) chownSync(folder, numericId('-u'), numericId('-g'))
  const data = join(folder, 'data')
  run([...asUser, join(binaries, 'initdb'), '-D', data, '-A', 'trust', '-U', 'jetway', '--no-sync'])
  const port = await freePort()
  const url = `postgres://jetway@127.0.0.1:${port}/postgres`

  let child = spawnServer()
  await ready()

  function spawnServer(): ReturnType<typeof spawn> {
    const settings = [
      '-c',
      `port=${port}`,
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'fsync=off',
      '-c',
      `unix_socket_directories=${folder}`,
    ]
    const [command = '', ...args] = [
      ...asUser,
      join(binaries ?? '', 'postgres'),
      '-D',
      data,
      ...settings,
    ]
    return spawn(command, args, { stdio: 'ignore' })
  }
  async function ready(): Promise<void> {
    const { default: pg } = await import('pg')
    for (let attempt = 0; ; attempt++) {
      const client = new pg.Client({ connectionString: url })
      try {
        await client.connect()
        await client.end()
        return
      } catch (error) {
        if (attempt > 200 || child.exitCode !== null) throw error
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    // The child may be `runuser`: the server itself is the one named in the pid file.
    spawnSync('sh', ['-c', `kill -${signal.slice(3)} $(head -1 ${data}/postmaster.pid)`])
    await gone
  }

  return {
    url,
    async stop() {
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
    async kill() {
      await end('SIGQUIT')
    },
    async start() {
      child = spawnServer()
      await ready()
    },
  }
}

function findBinaries(): string | undefined {
  const base = '/usr/lib/postgresql'
  if (!existsSync(base)) return undefined
  const versions = readdirSync(base).sort((a, b) => Number(b) - Number(a))
  return versions
    .map((version) => join(base, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')))
}

function numericId(flag: string): number {
  return Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim())
}

function run(words: readonly string[]): void {
  const [command = '', ...args] = words
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`)
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
    })
  })
}
