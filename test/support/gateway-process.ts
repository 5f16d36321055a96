import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator, type Emulator } from '../../src/emulator/index.ts'
import { root } from './require.ts'

export interface House {
  readonly emulator: Emulator
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly key: string
  /** A private home folder; gone after `stop`. */
  readonly home: string
  readonly environment: Record<string, string>
  /** What the gateway said on stderr so far. */
  log(): string
  /** Ends the gateway with SIGTERM and gives its exit code. */
  stop(): Promise<number | null>
}

export interface HouseOptions {
  /** The text of a `config.yaml`. */
  readonly config?: string | undefined
  readonly environment?: Record<string, string> | undefined
  /** Start without a GitHub token. */
  readonly signedOut?: boolean | undefined
  readonly args?: readonly string[] | undefined
  readonly emulator?: Parameters<typeof createEmulator>[0]
}

const KEY = 'sk-house-master-key'

/** The environment that makes an emulator GitHub and Copilot for a command of ours, in a home of its own. */
export function environmentFor(emulatorUrl: string, home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    JETWAY_DATA_DIR: join(home, 'data'),
    JETWAY_DISCOVERY: 'off',
    GITHUB_COPILOT_TOKEN_DIR: join(home, 'tokens'),
    GITHUB_COPILOT_DEVICE_CODE_URL: `${emulatorUrl}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${emulatorUrl}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${emulatorUrl}/copilot_internal/v2/token`,
    GITHUB_COPILOT_API_BASE: emulatorUrl,
    NO_COLOR: '1',
  }
}

/** The built command, as a user starts it, between a client under test and the emulator. */
export async function startHouse(options: HouseOptions = {}): Promise<House> {
  const emulator = await createEmulator(options.emulator ?? {})
  const home = mkdtempSync(join(tmpdir(), 'jetway-house-'))
  mkdirSync(join(home, 'data'), { recursive: true })
  const environment: Record<string, string> = {
    ...environmentFor(emulator.url, home),
    JETWAY_MASTER_KEY: KEY,
    ...(options.signedOut ? {} : { COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value }),
    ...options.environment,
  }
  const args = ['start', '--port', '0', ...(options.args ?? [])]
  if (options.config !== undefined) {
    const file = join(home, 'config.yaml')
    writeFileSync(file, options.config)
    args.push('--config', file)
  }
  const child = spawn(process.execPath, [join(root, 'dist', 'jetway.js'), ...args], {
    cwd: home,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const url = await readyUrl(child, () => log)

  return {
    emulator,
    url,
    key: KEY,
    home,
    environment,
    log: () => log,
    async stop() {
      const code = await ended(child)
      await emulator.close()
      rmSync(home, { recursive: true, force: true })
      return code
    },
  }
}

/** The address of the line that is printed once calls are accepted. */
export function readyUrl(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      seen += text
      const match = /Jetway listening on (http:\/\/\S+)/.exec(seen)
      if (match?.[1]) resolve(match[1])
    })
    child.once('exit', (code) => {
      reject(new Error(`the command ended with ${code} before it was ready:\n${log()}`))
    })
  })
}

export function ended(
  child: ChildProcess,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      resolve(code)
    })
    child.kill(signal)
  })
}
