/**
 * One kept-alive connection that makes one call at a time.
 *
 * @import { Socket } from 'node:net'
 */

import { connect } from 'node:net'

import { createResponseReader } from './response-reader.mjs'

/** Loopback only: a load generator pointed anywhere else is a weapon. */
const LOOPBACK = new Set(['127.0.0.1', '::1'])

/**
 * @typedef {object} CallHandler
 * @property {(bytes: Buffer) => void} [onBody]
 * @property {(failure: string | undefined) => void} onDone
 */

/** @param {string} host @param {number} port */
export function createConnection(host, port) {
  if (!LOOPBACK.has(host)) throw new RangeError(`the load goes to loopback only, not to ${host}`)
  /** @type {Socket | undefined} */
  let socket
  /** @type {CallHandler | undefined} */
  let current
  let status = 0

  /** @param {string | undefined} failure */
  function settle(failure) {
    const call = current
    current = undefined
    call?.onDone(failure)
  }

  /** @returns {Socket} */
  function open() {
    const reader = createResponseReader({
      onHead: (received) => {
        status = received
      },
      onBody: (bytes) => current?.onBody?.(bytes),
      onEnd: () => settle(status === 200 ? undefined : `status ${status}`),
    })
    const opened = connect({ host, port, noDelay: true })
    opened.on('data', (chunk) => {
      try {
        reader.push(chunk)
      } catch (error) {
        opened.destroy()
        settle(String(error))
      }
    })
    opened.on('error', (error) => {
      if (socket === opened) settle(`connection: ${error.message}`)
    })
    opened.on('close', () => {
      if (socket !== opened) return
      socket = undefined
      const call = current
      // An answer without a length ends here, properly; its caller may make the next call at once.
      reader.close()
      if (call !== undefined && current === call) settle('connection closed in mid-answer')
    })
    return opened
  }

  return {
    /** @param {string} request @param {CallHandler} handler */
    call(request, handler) {
      current = handler
      socket ??= open()
      socket.write(request, 'utf8')
    },

    /** A call under way is dropped without a word. */
    close() {
      current = undefined
      socket?.destroy()
      socket = undefined
    },
  }
}
