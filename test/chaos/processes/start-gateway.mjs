/** @import { ChildProcess } from 'node:child_process' */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const PROBE = new URL('probe.mjs', import.meta.url).href

/**
 * @typedef {object} GatewayStart
 * @property {string} program `dist/jetway.js`
 * @property {string} folder of its own: home, data, tokens
 * @property {string} upstream where GitHub and Copilot are
 * @property {string} token GitHub's
 * @property {string} config the text of a `config.yaml`
 * @property {number} port
 * @property {readonly string[]} [args]
 * @property {Record<string, string>} [environment]
 * @property {(line: LogLine) => void} onLine
 */

/** @typedef {{ msg: string, level: number | string, id?: string, outcome?: string, status?: number, [name: string]: unknown }} LogLine */

export const KEY = 'sk-chaos-master-key'

/** The built command as a user starts it. @param {GatewayStart} options */
export async function startGateway(options) {
  const { folder, upstream } = options
  const probes = join(folder, 'probes')
  for (const name of ['data', 'tokens', 'probes'])
    mkdirSync(join(folder, name), { recursive: true })
  const config = join(folder, 'config.yaml')
  writeFileSync(config, options.config)
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, '.config'),
    XDG_DATA_HOME: join(folder, '.local', 'share'),
    JETWAY_DATA_DIR: join(folder, 'data'),
    JETWAY_DISCOVERY: 'off',
    // The same request a thousand times is the point here.
    JETWAY_ANOMALY_STOP: 'off',
    JETWAY_MASTER_KEY: KEY,
    COPILOT_OAUTH_TOKEN: options.token,
    GITHUB_COPILOT_TOKEN_DIR: join(folder, 'tokens'),
    GITHUB_COPILOT_DEVICE_CODE_URL: `${upstream}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${upstream}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${upstream}/copilot_internal/v2/token`,
    GITHUB_COPILOT_API_BASE: upstream,
    NODE_OPTIONS: `--import=${PROBE} --disable-warning=ExperimentalWarning`,
    CHAOS_PROBE_FOLDER: probes,
    NO_COLOR: '1',
    ...options.environment,
  }
  const args = [
    'start',
    '--config',
    config,
    '--port',
    String(options.port),
    ...(options.args ?? []),
  ]
  const child = spawn(process.execPath, [options.program, ...args], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  /** @type {string[]} */
  const talk = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('{')) {
      try {
        options.onLine(JSON.parse(line))
        return
      } catch {
        // Half a line of a killed process.
      }
    }
    talk.push(line)
    if (talk.length > 200) talk.shift()
  })
  const url = await ready(child, talk)
  return {
    child,
    url,
    pid: /** @type {number} */ (child.pid),
    talk: () => talk.join('\n'),
    get alive() {
      return child.exitCode === null && child.signalCode === null
    },
    /** The gateway's own process and its workers. */
    pids: () => pidsIn(probes),
    /** What each of its processes holds. */
    probe: () => Promise.all(pidsIn(probes).map((pid) => ask(join(probes, `${pid}.sock`), {}))),
    /** @param {number} shiftMs the processes' clocks, against the machine's */
    shiftClock: (shiftMs) =>
      Promise.all(pidsIn(probes).map((pid) => ask(join(probes, `${pid}.sock`), { shiftMs }))),
    /** @param {NodeJS.Signals} [signal] */
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const gone = once(child, 'close')
      child.kill(signal)
      await gone
      return child.exitCode
    },
  }
}

/** @typedef {Awaited<ReturnType<typeof startGateway>>} GatewayProcess */

/** @param {string} folder */
function pidsIn(folder) {
  return readdirSync(folder)
    .map((name) => Number(name.replace('.sock', '')))
    .filter(isAlive)
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** @param {string} path @param {object} question @returns {Promise<any>} */
function ask(path, question) {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect({ path, allowHalfOpen: true })
    socket.once('error', reject)
    socket.setEncoding('utf8').on('data', (piece) => (text += piece))
    socket.once('end', () => {
      try {
        resolve(JSON.parse(text))
      } catch (error) {
        reject(error)
      }
    })
    socket.end(JSON.stringify(question))
  })
}

/** @param {ChildProcess} child @param {readonly string[]} talk @returns {Promise<string>} where it listens */
function ready(child, talk) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`the gateway was not ready within 20 s:\n${talk.join('\n')}`))
    }, 20_000)
    const lines = createInterface({
      input: /** @type {import('node:stream').Readable} */ (child.stdout),
    })
    lines.on('line', (line) => {
      if (!line.startsWith('Jetway listening on ')) return
      clearTimeout(timer)
      resolve(line.slice('Jetway listening on '.length))
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      reject(
        new Error(
          `the gateway ended with ${code ?? signal} before it was ready:\n${talk.join('\n')}`,
        ),
      )
    })
  })
}
