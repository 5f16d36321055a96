/**
 * Go's Bifrost, from the Go module proxy, or a program built elsewhere and named by `BENCH_BIFROST`.
 *
 * @import { Gateway, Place, PrepareOptions } from '../types.ts'
 */

import { execFile } from 'node:child_process'
import { access, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

import { WIRES } from './wires.mjs'

const run = promisify(execFile)
const VERSION = '1.3.9'
const MODULE = `github.com/maximhq/bifrost/transports/bifrost-http@v${VERSION}`

/** @param {PrepareOptions} options @returns {Promise<string>} the program's path */
async function installed({ cacheFolder, install, say }) {
  const bin = path.join(cacheFolder, `bifrost-${VERSION}`)
  const program = path.join(bin, 'bifrost-http')
  const isThere = await access(program).then(
    () => true,
    () => false,
  )
  if (isThere) return program
  if (!install) throw new Error('Bifrost is not installed, and --no-install was given')
  say(`building ${MODULE} into ${bin}`)
  try {
    await run('go', ['install', MODULE], { env: { ...process.env, GOBIN: bin, GOFLAGS: '' } })
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
    const reason = stderr.trim().split('\n').at(-1) || String(error)
    throw new Error(`\`go install\` failed: ${reason.trim()}`, { cause: error })
  }
  return program
}

/** @param {string} program @param {Place} place */
async function command(program, { port, upstreamPort, folder }) {
  const key = { name: 'bench', value: 'sk-bench', models: ['*'], weight: 1 }
  const network = { base_url: `http://127.0.0.1:${upstreamPort}` }
  const openai = { keys: [key], network_config: network }
  const configuration = { providers: { openai }, config_store: { enabled: false } }
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(configuration))
  const listen = ['-host', '127.0.0.1', '-port', String(port)]
  return {
    file: program,
    args: ['-app-dir', folder, ...listen, '-log-level', 'error'],
    env: { HOME: folder },
  }
}

/** @type {Gateway} */
export const bifrost = {
  name: 'bifrost',
  title: 'Bifrost',
  readyPath: '/health',
  startTimeoutMs: 60_000,

  async prepare(options) {
    const own = process.env['BENCH_BIFROST']
    const program = own ?? (await installed(options))
    const version = own === undefined ? VERSION : 'named by BENCH_BIFROST'
    return { version, command: (place) => command(program, place) }
  },

  route({ dialect, wire }) {
    if (dialect !== 'chat' || wire !== 'chat') return undefined
    return { dialect, path: WIRES.chat.path, model: `openai/${WIRES.chat.model}` }
  },

  async greet() {
    return { headers: {}, notes: [] }
  },
}
