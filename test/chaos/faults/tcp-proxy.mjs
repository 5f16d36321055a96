/**
 * A TCP proxy that breaks what passes through it: the network between two programs, at its worst.
 *
 * @import { Socket, Server } from 'node:net'
 * @import { Random } from '../random.mjs'
 */
import { connect, createServer } from 'node:net'

/**
 * What goes wrong, and for which share of the exchanges. An exchange begins when the client speaks after the server
 * has, so a connection that is kept alive meets its fate anew with every request.
 *
 * @typedef {object} TcpFault
 * @property {'refuse' | 'reset' | 'stall' | 'slow' | 'half' | 'garble'} kind
 * @property {number} [share] of exchanges; 1 when left out. `refuse` closes the port for all.
 * @property {'up' | 'down'} [direction] towards the server or the client; `down` when left out
 * @property {readonly [number, number]} [after] bytes of that direction which pass first, between the two
 * @property {number} [bytes] of `slow`: at a time
 * @property {number} [everyMs] of `slow`
 */

/** @typedef {{ kind: TcpFault['kind'], direction: 'up' | 'down', left: number, bytes: number, everyMs: number, done: boolean }} Fate */

/** @param {{ readonly target: () => number, readonly random: Random, readonly port?: number }} options */
export async function createTcpProxy({ target, random, port: wanted = 0 }) {
  /** @type {TcpFault | undefined} */
  let fault
  /** @type {Set<Socket>} */
  const sockets = new Set()
  let hits = 0

  /** @returns {Fate | undefined} */
  const drawFate = () => {
    if (fault === undefined || fault.kind === 'refuse') return undefined
    if (!random.chance(fault.share ?? 1)) return undefined
    const [from, to] = fault.after ?? [0, 0]
    hits++
    return {
      kind: fault.kind,
      direction: fault.direction ?? 'down',
      left: random.between(from, to),
      bytes: fault.bytes ?? 64,
      everyMs: fault.everyMs ?? 5,
      done: false,
    }
  }

  /** @param {Socket} socket */
  const keep = (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.setNoDelay(true)
  }

  /** @param {Socket} client */
  const carry = (client) => {
    keep(client)
    const server = connect({ port: target(), host: '127.0.0.1', allowHalfOpen: true })
    keep(server)
    /** @type {Fate | undefined} */
    let fate
    let serverSpoke = true
    const both = [client, server]
    client.on('error', () => server.destroy())
    server.on('error', () => {
      if (server.connecting || server.bytesRead === 0) breakOff(client)
      else client.destroy()
    })
    pump(
      client,
      server,
      () => {
        if (serverSpoke) fate = drawFate()
        serverSpoke = false
        return fate?.direction === 'up' ? fate : undefined
      },
      both,
      random,
    )
    pump(
      server,
      client,
      () => {
        serverSpoke = true
        return fate?.direction === 'down' ? fate : undefined
      },
      both,
      random,
    )
  }

  /** @type {Server | undefined} */
  let server
  const open = (/** @type {number} */ port) =>
    new Promise((resolve, reject) => {
      const opened = createServer({ allowHalfOpen: true, pauseOnConnect: false }, carry)
      opened.once('error', reject)
      opened.listen({ port, host: '127.0.0.1', backlog: 1024 }, () => {
        server = opened
        resolve(undefined)
      })
    })
  await open(wanted)
  const { port } = /** @type {import('node:net').AddressInfo} */ (
    /** @type {Server} */ (/** @type {unknown} */ (server)).address()
  )
  const dropAll = () => {
    for (const socket of sockets) breakOff(socket)
  }
  const shut = () =>
    new Promise((resolve) => {
      if (!server) return resolve(undefined)
      const closing = server
      server = undefined
      closing.close(() => resolve(undefined))
      dropAll()
    })

  return {
    port,
    /** How many exchanges were hit. */
    get hits() {
      return hits
    },
    get connections() {
      return sockets.size
    },
    /** @param {TcpFault | undefined} wantedFault */
    async set(wantedFault) {
      fault = wantedFault
      if (fault?.kind === 'refuse') {
        hits++
        await shut()
      } else if (!server) await open(port)
    },
    /** Ends every connection by a reset, once. */
    dropAll,
    close: shut,
  }
}

/** @typedef {Awaited<ReturnType<typeof createTcpProxy>>} TcpProxy */

/**
 * Carries one direction, with back-pressure, and lets the fate have its way with it.
 *
 * @param {Socket} from @param {Socket} to @param {() => Fate | undefined} fateOf @param {readonly Socket[]} both @param {Random} random
 */
function pump(from, to, fateOf, both, random) {
  from.on('data', (data) => {
    const fate = fateOf()
    if (fate === undefined || fate.done) {
      if (!to.write(data)) from.pause()
      return
    }
    if (fate.left >= data.length) {
      fate.left -= data.length
      if (!to.write(data)) from.pause()
      return
    }
    const passing = data.subarray(0, fate.left)
    const rest = data.subarray(fate.left)
    fate.left = 0
    if (passing.length > 0) to.write(passing)
    FATES[fate.kind]({ from, to, rest, fate, both, random })
  })
  to.on('drain', () => {
    if (!held.has(from)) from.resume()
  })
  from.on('end', () => to.end())
  from.on('close', () => {
    // One that is not read would never hear that the other has gone.
    if (!from.readableEnded || held.has(to)) to.destroy()
  })
}

/** A reset at once: Node's own `resetAndDestroy` first sends the end in good order. @param {Socket} socket */
function breakOff(socket) {
  if (!socket.connecting) Object.assign(socket, { resetAndClosing: true })
  socket.destroy()
}

/** Sockets that a fate has stopped reading. @type {WeakSet<Socket>} */
const held = new WeakSet()

/** @typedef {{ from: Socket, to: Socket, rest: Buffer, fate: Fate, both: readonly Socket[], random: Random }} Doom */

/** @type {Record<TcpFault['kind'], (doom: Doom) => void>} */
const FATES = {
  refuse: () => {},
  reset: ({ both }) => {
    for (const socket of both) breakOff(socket)
  },
  /** Nothing more, in this direction, for as long as both stay. */
  stall: ({ from }) => {
    held.add(from)
    from.pause()
  },
  /** A clean end in the middle. */
  half: ({ from, to, fate }) => {
    fate.done = true
    to.end()
    from.destroy()
  },
  /** Control characters that no JSON and no HTTP head may hold, and whose number puts every length off. */
  garble: ({ to, rest, fate, random }) => {
    fate.done = true
    const at = random.between(0, rest.length - 1)
    const noise = Buffer.from(
      Array.from({ length: random.between(3, 9) }, () => random.between(1, 8)),
    )
    to.write(Buffer.concat([rest.subarray(0, at), noise, rest.subarray(at)]))
  },
  slow: ({ from, to, rest, fate }) => {
    held.add(from)
    from.pause()
    let at = 0
    const drip = () => {
      if (to.destroyed || from.destroyed) return
      to.write(rest.subarray(at, at + fate.bytes))
      at += fate.bytes
      if (at < rest.length) setTimeout(drip, fate.everyMs)
      else {
        held.delete(from)
        from.resume()
      }
    }
    drip()
  },
}
