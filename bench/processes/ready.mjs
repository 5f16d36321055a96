/** Waiting for a server to accept calls. */

import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const POLL_MS = 25
const PROBE_TIMEOUT_MS = 2000

/** @param {number} port @returns {Promise<boolean>} */
export function acceptsConnections(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/**
 * @param {object} options
 * @param {string} options.url answers 2xx once the server is ready
 * @param {number} options.timeoutMs
 * @param {Promise<string>} options.exited
 * @param {() => string} options.said
 */
export async function waitUntilReady({ url, timeoutMs, exited, said }) {
  const deadline = performance.now() + timeoutMs
  let last = 'no answer'
  while (performance.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })
      await response.arrayBuffer()
      if (response.ok) return
      last = `status ${response.status}`
    } catch (error) {
      last = error instanceof Error ? error.message : String(error)
    }
    const ended = await Promise.race([exited, pause(POLL_MS, undefined)])
    if (ended !== undefined) throw new Error(`it ${ended} before it was ready: ${said()}`)
  }
  throw new Error(`not ready after ${timeoutMs} ms (${last}): ${said()}`)
}
