/**
 * npm's Portkey gateway. Which provider and which host is said by headers on every call.
 *
 * @import { Gateway, Place } from '../types.ts'
 */

import path from 'node:path'

import { installedPackage } from './npm-package.mjs'
import { WIRES } from './wires.mjs'

const NAME = '@portkey-ai/gateway'
const VERSION = '1.15.2'
/**
 * Its range allows this version too, and with it streams work on Node 20. With 1.14.4, 1.19.5 and
 * 1.19.19, the newest, every streamed call ends in status 500, «TypeError: immutable».
 */
const OVERRIDES = { '@hono/node-server': '1.11.5' }

/** @param {string} packageFolder @param {Place} place */
async function command(packageFolder, { port, folder }) {
  const program = path.join(packageFolder, 'build', 'start-server.js')
  return {
    file: process.execPath,
    args: [program, `--port=${port}`, '--headless'],
    env: { HOME: folder, NODE_ENV: 'production' },
  }
}

/** @type {Gateway} */
export const portkey = {
  name: 'portkey',
  title: `Portkey ${VERSION}`,
  readyPath: '/',

  async prepare(options) {
    const packageFolder = await installedPackage(
      { name: NAME, version: VERSION, overrides: OVERRIDES },
      options,
    )
    return { version: VERSION, command: (place) => command(packageFolder, place) }
  },

  route({ dialect, wire }) {
    if (dialect !== 'chat' || wire !== 'chat') return undefined
    return { dialect, ...WIRES.chat }
  },

  async greet({ upstreamPort }) {
    const headers = {
      authorization: 'Bearer sk-bench',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
    }
    return { headers, notes: [] }
  },
}
