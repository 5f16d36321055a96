// Runs examples against the emulator of GitHub and Copilot: no account, no network.
//
//   node examples/run.mjs openai-node      one of them
//   node examples/run.mjs                  all of them
//
// Each gets a sign-in (for those that use the SDK) and a gateway (JETWAY_URL, JETWAY_API_KEY). With your own seat you run the
// file itself: `npx jetway login`, `npx jetway`, `node example.mjs`.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createEmulator } from 'jetway/emulator'
import { createGateway } from 'jetway/gateway'

const here = dirname(fileURLToPath(import.meta.url))
const python = process.env.PYTHON ?? 'python3'
const KEY = 'sk-example'

/** How a file of this name is run. */
const RUNNERS = {
  'example.mjs': (file) => [process.execPath, file],
  'example.py': (file) => [python, file],
  'example.test.mjs': (file) => [process.execPath, '--test', file],
}

const wanted = process.argv.slice(2)
const folders =
  wanted.length > 0
    ? wanted.map(folderOf)
    : readdirSync(here, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && fileIn(join(here, entry.name)))
        .map((entry) => join(here, entry.name))
let failed = 0
for (const folder of folders) {
  const code = await runOne(folder)
  if (code !== 0) failed += 1
  if (folders.length > 1 || code !== 0) console.error(`${basename(folder)}: exit ${code}`)
}
process.exitCode = failed === 0 ? 0 : 1

/** A name of this folder, or a path to a copy elsewhere. */
function folderOf(name) {
  const folder = [join(here, name), resolve(name)].find((path) => fileIn(path))
  if (folder) return folder
  throw new Error(`there is no example '${name}' in ${here}`)
}

function fileIn(folder) {
  return Object.keys(RUNNERS).find((name) => existsSync(join(folder, name)))
}

async function runOne(folder) {
  const home = mkdtempSync(join(tmpdir(), 'jetway-example-'))
  const emulator = await createEmulator()
  const environment = {
    PATH: process.env.PATH,
    HOME: home,
    GITHUB_COPILOT_TOKEN_DIR: join(home, 'tokens'),
    GITHUB_COPILOT_DEVICE_CODE_URL: `${emulator.url}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${emulator.url}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
    GITHUB_COPILOT_API_BASE: emulator.url,
    COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
    JETWAY_DISCOVERY: 'off',
  }
  const gateway = await createGateway({ port: 0, masterKey: KEY, environment })
  try {
    const file = fileIn(folder)
    return await run(RUNNERS[file](file), folder, {
      ...environment,
      JETWAY_URL: gateway.url,
      JETWAY_API_KEY: KEY,
    })
  } finally {
    await gateway.close()
    await emulator.close()
    rmSync(home, { recursive: true, force: true })
  }
}

function run([command, ...args], cwd, env) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] })
    child.once('error', fail)
    child.once('close', done)
  })
}
