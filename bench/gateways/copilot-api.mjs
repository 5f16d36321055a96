/**
 * npm's copilot-api: the gateway people use for the same purpose today.
 *
 * It has no option for another host, so `copilot-api-redirect.mjs` is loaded before it.
 *
 * @import { Gateway, Place } from '../types.ts'
 */

import path from 'node:path'

import { installedPackage } from './npm-package.mjs'
import { WIRES } from './wires.mjs'

const VERSION = '0.7.0'
const REDIRECT = new URL('copilot-api-redirect.mjs', import.meta.url)

/** @param {string} packageFolder @param {Place} place */
async function command(packageFolder, { port, upstreamPort, folder }) {
  const program = path.join(packageFolder, 'dist', 'main.js')
  const account = ['--github-token', 'gho_bench']
  return {
    file: process.execPath,
    args: ['--import', REDIRECT.href, program, 'start', '--port', String(port), ...account],
    env: {
      HOME: folder,
      NODE_ENV: 'production',
      BENCH_UPSTREAM: `http://127.0.0.1:${upstreamPort}`,
    },
  }
}

/** @type {Gateway} */
export const copilotApi = {
  name: 'copilot-api',
  title: `copilot-api ${VERSION}`,
  readyPath: '/',

  async prepare(options) {
    const packageFolder = await installedPackage({ name: 'copilot-api', version: VERSION }, options)
    return { version: VERSION, command: (place) => command(packageFolder, place) }
  },

  route({ dialect, wire }) {
    // It speaks chat upstream, to every model.
    if (wire !== 'chat' || dialect === 'responses') return undefined
    return { dialect, path: WIRES[dialect].path, model: WIRES.chat.model }
  },

  async greet() {
    return { headers: {}, notes: [] }
  },
}
