/**
 * Node's own floor, beside nginx's: what a gateway on Node costs when it does nothing.
 *
 * @import { Gateway, Place } from '../types.ts'
 */

import { fileURLToPath } from 'node:url'

import { relayedRoute } from './wires.mjs'

const RELAY = fileURLToPath(new URL('bare-relay.mjs', import.meta.url))

/** @param {Place} place */
async function command({ port, upstreamPort }) {
  return {
    file: process.execPath,
    args: [RELAY, String(port), String(upstreamPort)],
    env: {},
  }
}

/** @type {Gateway} */
export const bare = {
  name: 'bare',
  title: 'bare Node relay',
  readyPath: '/models',

  async prepare() {
    return { version: process.versions.node, command }
  },

  route: relayedRoute,

  async greet() {
    return { headers: {}, notes: [] }
  },
}
