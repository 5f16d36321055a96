/**
 * The upstream of every bench: stands for GitHub and Copilot on one loopback port, with bytes made
 * beforehand. Not the emulator: that one derives each answer from its request, which costs more CPU
 * than the gateways under test and would be what is measured.
 *
 *   node bench/upstream/main.mjs [port]        prints `{"port":…}` once it accepts calls
 *
 * `PUT /bench/pace?chunks=200&everyMs=5&flavour=clean` sets how streams run, `GET /bench/counts` says
 * how many calls were answered.
 *
 * @import { Socket } from 'node:net'
 * @import { Pace, Wire } from '../types.ts'
 * @import { Request } from './request-reader.mjs'
 */

import { createServer } from 'node:net'

import { streamedAnswer, wholeAnswer } from './answers.mjs'
import { account, exchange, models } from './catalogue.mjs'
import { createPacer } from './pacer.mjs'
import { createRequestReader } from './request-reader.mjs'

const WIRES = /** @type {const} */ (['chat', 'responses', 'messages'])
const LAST_CHUNK = '0\r\n\r\n'
/** A reader this far behind gets no further chunk until it has caught up. */
const MAX_UNSENT_BYTES = 256 * 1024

/** As Copilot's answers carry them; a gateway that reads quota pays for it here. */
const COMMON_HEADERS = [
  'x-request-id: 00000000-0000-4000-8000-000000000000',
  'x-github-request-id: AAAA:BBBBBB:CCCCCC:DDDDDD:EEEEEEEE',
  'x-github-backend: Kubernetes',
  'strict-transport-security: max-age=31536000',
  "content-security-policy: default-src 'none'; sandbox",
  'x-quota-snapshot-chat: ent=-1&ov=0.0&ovPerm=false&rem=100.0&rst=2099-01-01T00%3A00%3A00Z',
].join('\r\n')

/** @param {number} status @param {string} type @param {string} framing */
function head(status, type, framing) {
  return `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Error'}\r\ncontent-type: ${type}\r\n${COMMON_HEADERS}\r\n${framing}\r\n\r\n`
}

/** @param {number} status @param {string} body */
function whole(status, body) {
  const length = `content-length: ${Buffer.byteLength(body)}`
  return Buffer.from(head(status, 'application/json', length) + body)
}

/** @param {string} text */
function framed(text) {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}

/** @param {Wire} wire @param {Pace} pace */
function prepared(wire, pace) {
  const { opening, chunks, closing } = streamedAnswer(wire, pace.chunks, pace.flavour)
  const start = head(200, 'text/event-stream; charset=utf-8', 'transfer-encoding: chunked')
  return {
    whole: whole(200, wholeAnswer(wire, pace.flavour).body),
    opening: Buffer.from(start + framed(opening)),
    chunks: chunks.map((chunk) => Buffer.from(framed(chunk))),
    closing: Buffer.from(framed(closing) + LAST_CHUNK),
  }
}

/** @param {Pace} pace */
function stage(pace) {
  const answers = new Map(WIRES.map((wire) => [wire, prepared(wire, pace)]))
  return { pace, answers, pacer: createPacer(pace.everyMs) }
}

let current = stage({ chunks: 200, everyMs: 5, flavour: 'clean' })
const counts = { whole: 0, streamed: 0, finished: 0 }
const modelList = whole(200, JSON.stringify(models))
const notFound = whole(404, '{"error":{"message":"404 page not found","code":""}}')

let last = performance.now()
setInterval(() => {
  const elapsedMs = Math.floor(performance.now() - last)
  last += elapsedMs
  current.pacer.advance(elapsedMs)
}, 1)

const STREAM_KEY = Buffer.from('"stream"')
const TRUE = 't'.codePointAt(0)
/** How `true`, `false` and `null` begin. */
const VALUE_STARTS = new Set(['t', 'f', 'n'].map((letter) => letter.codePointAt(0)))

/** @param {Buffer} body whether it asks for a stream; looked for, not parsed */
function wantsStream(body) {
  const at = body.lastIndexOf(STREAM_KEY)
  if (at === -1) return false
  for (let from = at + STREAM_KEY.length; from < body.length; from += 1) {
    const byte = /** @type {number} */ (body[from])
    if (VALUE_STARTS.has(byte)) return byte === TRUE
  }
  return false
}

/** @param {string} path @returns {Wire | undefined} */
function wireOf(path) {
  if (path.endsWith('/chat/completions')) return 'chat'
  if (path.endsWith('/responses')) return 'responses'
  return path.endsWith('/v1/messages') ? 'messages' : undefined
}

/** @param {Socket} socket @param {Wire} wire @param {Buffer} body */
function answerModel(socket, wire, body) {
  const { answers, pacer } = current
  const answer = /** @type {ReturnType<typeof prepared>} */ (answers.get(wire))
  if (!wantsStream(body)) {
    counts.whole += 1
    socket.write(answer.whole)
    return
  }
  counts.streamed += 1
  let at = 0
  socket.write(answer.opening)
  const leave = pacer.add(() => {
    if (socket.destroyed) return false
    if (socket.writableLength > MAX_UNSENT_BYTES) return true
    const chunk = answer.chunks[at]
    at += 1
    if (chunk !== undefined) {
      socket.write(chunk)
      return true
    }
    counts.finished += 1
    socket.off('close', leave)
    socket.write(answer.closing)
    return false
  })
  socket.once('close', leave)
}

/** @param {URLSearchParams} query @returns {Pace} */
function paceFrom(query) {
  const flavour = query.get('flavour') === 'quirky' ? 'quirky' : 'clean'
  const pace = {
    chunks: Number(query.get('chunks')),
    everyMs: Number(query.get('everyMs')),
    flavour,
  }
  if (!(pace.chunks > 0 && pace.everyMs > 0)) throw new RangeError('pace needs chunks and everyMs')
  return /** @type {Pace} */ (pace)
}

/** @param {Socket} socket @param {Request} request @param {string} origin */
function answerOther(socket, { path }, origin) {
  const url = new URL(path, origin)
  const now = Math.floor(Date.now() / 1000)
  if (url.pathname.endsWith('/models')) socket.write(modelList)
  else if (url.pathname.endsWith('/v2/token')) {
    socket.write(whole(200, JSON.stringify(exchange(now, origin))))
  } else if (url.pathname.endsWith('/user')) {
    socket.write(whole(200, JSON.stringify(account(origin))))
  } else if (url.pathname === '/bench/counts') socket.write(whole(200, JSON.stringify(counts)))
  else if (url.pathname === '/bench/pace') {
    current = stage(paceFrom(url.searchParams))
    socket.write(whole(200, JSON.stringify(current.pace)))
  } else socket.write(notFound)
}

const server = createServer({ noDelay: true }, (socket) => {
  const origin = `http://127.0.0.1:${socket.localPort}`
  const reader = createRequestReader((request) => {
    const wire = request.method === 'POST' ? wireOf(request.path) : undefined
    if (wire === undefined) answerOther(socket, request, origin)
    else answerModel(socket, wire, request.body)
  })
  socket.on('data', (chunk) => {
    try {
      reader.push(chunk)
    } catch {
      socket.destroy()
    }
  })
  // A gateway that goes away is no fault of this one; `close` follows.
  socket.on('error', () => {})
})

server.listen({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0), backlog: 4096 }, () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') {
    console.log(JSON.stringify({ port: address.port }))
  }
})
