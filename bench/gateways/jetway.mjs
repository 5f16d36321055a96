/**
 * This repository's build, as a team would run it: a virtual key with limits and a budget on every
 * call, usage read, the ledger written, one log line per call.
 *
 * @import { Gateway, Place } from '../types.ts'
 */

import { access, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { translatedRoute } from './wires.mjs'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CONFIG = fileURLToPath(new URL('jetway.yaml', import.meta.url))
export const JETWAY_COMMAND = path.join(ROOT, 'dist', 'jetway.js')
/** Guards a gateway that lives for some minutes, on loopback. */
const MASTER_KEY = 'sk-bench-master-key'
/** High enough never to refuse a call; there, so that every call is counted against them. The budget pays 30 million calls. */
const LIMITS = { rpm_limit: 100_000_000, tpm_limit: 1_000_000_000_000, max_budget: 50_000 }

/** @param {Place} place */
async function createKey({ port }) {
  const response = await fetch(`http://127.0.0.1:${port}/key/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ key_alias: 'bench', ...LIMITS }),
  })
  if (response.status === 404) return undefined
  if (!response.ok) {
    throw new Error(`/key/generate answered ${response.status}: ${await response.text()}`)
  }
  const { key } = /** @type {{ key: string }} */ (await response.json())
  return key
}

/** @param {Place} place */
async function command({ port, upstreamPort, folder }) {
  const upstream = `http://127.0.0.1:${upstreamPort}`
  const listen = ['--config', CONFIG, '--host', '127.0.0.1', '--port', String(port)]
  return {
    file: process.execPath,
    args: [JETWAY_COMMAND, 'start', ...listen],
    env: {
      HOME: folder,
      JETWAY_DATA_DIR: path.join(folder, 'data'),
      JETWAY_DISCOVERY: 'off',
      // The same request a thousand times is the point here.
      JETWAY_ANOMALY_STOP: 'off',
      JETWAY_MASTER_KEY: MASTER_KEY,
      GITHUB_COPILOT_TOKEN_DIR: path.join(folder, 'tokens'),
      COPILOT_OAUTH_TOKEN: `ghu_${'bench'.repeat(8)}`.slice(0, 40),
      GITHUB_COPILOT_API_KEY_URL: `${upstream}/copilot_internal/v2/token`,
      GITHUB_COPILOT_API_BASE: upstream,
    },
  }
}

/** @type {Gateway} */
export const jetway = {
  name: 'jetway',
  title: 'Jetway',
  readyPath: '/health/readiness',
  readyLine: /Jetway listening on http:\/\/\S+/,

  async prepare() {
    await access(JETWAY_COMMAND).catch(() => {
      throw new Error('not built: run `npm run build` first')
    })
    const manifest = await readFile(path.join(ROOT, 'package.json'), 'utf8')
    const { version } = /** @type {{ version: string }} */ (JSON.parse(manifest))
    return { version, command }
  },

  route: translatedRoute,

  async greet(place) {
    const key = await createKey(place)
    if (key !== undefined) return { headers: { authorization: `Bearer ${key}` }, notes: [] }
    const note = 'this build makes no virtual keys: measured with the master key'
    return { headers: { authorization: `Bearer ${MASTER_KEY}` }, notes: [note] }
  },
}

/** The same, as one person runs it: nobody made a key, so there are no limits and no budget to count against. @type {Gateway} */
export const jetwayAlone = {
  ...jetway,
  name: 'jetway-alone',
  title: 'Jetway, master key',
  async greet() {
    return { headers: { authorization: `Bearer ${MASTER_KEY}` }, notes: [] }
  },
}
