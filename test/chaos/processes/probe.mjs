/**
 * Loaded into the gateway before its own code (`NODE_OPTIONS=--import`): tells from inside what it holds, and sets
 * its clock. It listens on a socket file, so it neither takes a port nor counts as one of the gateway's own.
 */
import { createServer, Socket } from 'node:net'
import { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { queryObjects, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const folder = process.env['CHAOS_PROBE_FOLDER']

if (folder !== undefined) {
  // Whoever ends gateways of theirs by name does not mean this one.
  process.title = 'gateway of the fault suite'
  const RealDate = Date
  let shiftMs = 0
  const clock = {
    now: () => RealDate.now() + shiftMs,
  }
  class ShiftedDate extends RealDate {
    /** @param {any[]} given */
    constructor(...given) {
      if (given.length === 0) super(clock.now())
      else super(.../** @type {[any]} */ (given))
    }
    static now() {
      return clock.now()
    }
  }
  const timer = setTimeout(() => {}, 1)
  const Timeout = timer.constructor
  clearTimeout(timer)
  setFlagsFromString('--expose-gc')
  /** @type {() => void} */
  const collect = runInNewContext('gc')

  const look = async () => {
    for (let pass = 0; pass < 3; pass++) {
      collect()
      await new Promise((resolve) => setImmediate(resolve))
    }
    /** @type {Record<string, number>} */
    const handles = {}
    for (const name of process.getActiveResourcesInfo()) handles[name] = (handles[name] ?? 0) + 1
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
    return {
      pid: process.pid,
      rss,
      heapUsed,
      external,
      arrayBuffers,
      handles,
      objects: {
        timers: count(Timeout),
        sockets: count(Socket),
        requests: count(IncomingMessage),
        responses: count(ServerResponse),
        signals: count(AbortSignal),
        promises: count(Promise),
      },
    }
  }

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    let text = ''
    socket.setEncoding('utf8').on('data', (piece) => (text += piece))
    socket.on('end', () => {
      const asked = JSON.parse(text)
      if (asked.shiftMs !== undefined) {
        shiftMs = asked.shiftMs
        globalThis.Date = /** @type {any} */ (shiftMs === 0 ? RealDate : ShiftedDate)
        socket.end('{}')
      } else void look().then((seen) => socket.end(JSON.stringify(seen)))
    })
    socket.unref()
  })
  server.on('error', () => {})
  server.listen(join(folder, `${process.pid}.sock`))
  server.unref()
}

/** @param {any} kind */
function count(kind) {
  return queryObjects(kind, { format: 'count' })
}
