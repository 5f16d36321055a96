/**
 * nginx `proxy_pass`: the limit. It has no keys, no usage, no log here.
 *
 * @import { Gateway, Place, PrepareOptions } from '../types.ts'
 */

import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

import { relayedRoute } from './wires.mjs'

const run = promisify(execFile)
const TEMPLATE = new URL('nginx.conf', import.meta.url)
/** Debian keeps it where an ordinary user's PATH does not look. */
const SEARCH_PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`

async function version() {
  // It prints this to stderr.
  const { stderr } = await run('nginx', ['-v'], { env: { PATH: SEARCH_PATH } })
  return stderr.trim().replace(/^nginx version: nginx\//, '')
}

/** @param {PrepareOptions} options */
async function installedVersion({ install, say }) {
  try {
    return await version()
  } catch {
    if (!install || process.getuid?.() !== 0) {
      throw new Error('nginx is not installed: run `apt-get install nginx-light` as root')
    }
    say('installing nginx-light with apt-get')
    await run('apt-get', ['update'])
    await run('apt-get', ['install', '--yes', '--no-install-recommends', 'nginx-light'])
    return version()
  }
}

/** @param {Place} place */
async function command({ port, upstreamPort, folder }) {
  const gaps = { PORT: String(port), UPSTREAM_PORT: String(upstreamPort), FOLDER: folder }
  const template = await readFile(TEMPLATE, 'utf8')
  const filled = Object.entries(gaps).reduce(
    (text, [name, value]) => text.replaceAll(`@${name}@`, value),
    template,
  )
  const file = path.join(folder, 'nginx.conf')
  await writeFile(file, filled)
  const args = ['-e', 'stderr', '-p', folder, '-c', file]
  return { file: 'nginx', args, env: { PATH: SEARCH_PATH } }
}

/** @type {Gateway} */
export const nginx = {
  name: 'nginx',
  title: 'nginx `proxy_pass`',
  readyPath: '/models',

  async prepare(options) {
    return { version: await installedVersion(options), command }
  },

  route: relayedRoute,

  async greet() {
    return { headers: {}, notes: [] }
  },
}
