// A gateway of the built command on a data folder, with an emulator as GitHub: to make a release's database, and to open it.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'jetway.js')
const run = promisify(execFile)

export const MASTER_KEY = 'sk-upgrade-master-key'
/** What tokens in the database are sealed with; of a test, like everything in it. */
const SEAL_KEY = Buffer.alloc(32, 5).toString('base64')

/** @param {string} folder @param {{ url: string, token: string }} emulator */
export function environmentOf(folder, { url, token }) {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    JETWAY_DATA_DIR: join(folder, 'data'),
    JETWAY_DISCOVERY: 'off',
    JETWAY_MASTER_KEY: MASTER_KEY,
    JETWAY_SEAL_KEY: SEAL_KEY,
    GITHUB_COPILOT_TOKEN_DIR: join(folder, 'tokens'),
    GITHUB_COPILOT_DEVICE_CODE_URL: `${url}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${url}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${url}/copilot_internal/v2/token`,
    GITHUB_COPILOT_API_BASE: url,
    COPILOT_OAUTH_TOKEN: token,
    NO_COLOR: '1',
  }
}

/** Runs the command to its end. @param {Record<string, string>} env @param {readonly string[]} args */
export async function jetway(env, ...args) {
  const { stdout } = await run(process.execPath, [command, ...args], { env })
  return stdout
}

/** @param {Record<string, string>} env */
export async function startGateway(env) {
  const child = spawn(process.execPath, [command, 'start', '--port', '0'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (log += text))
  const url = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      const found = /listening on (http:\S+)/.exec(text)?.[1]
      if (found) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${log}`)))
  })
  /** @param {string} path @param {{ key?: string, body?: unknown, id?: string }} [options] */
  const ask = async (path, { key = MASTER_KEY, body, id } = {}) => {
    const answer = await fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...(id === undefined ? {} : { 'x-request-id': id }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, json: await answer.json() }
  }
  return {
    url,
    ask,
    /** @param {string} key @param {{ model?: string, id?: string }} [options] */
    say: (key, { model = 'gpt-4o', id } = {}) =>
      ask('/v1/chat/completions', {
        key,
        id,
        body: { model, messages: [{ role: 'user', content: 'Say hello' }] },
      }),
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      return child.exitCode
    },
  }
}
