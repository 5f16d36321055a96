import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

const NOT_PASSED_ON = new Set(['upgrade', 'connection', 'http2-settings'])

/**
 * Java's HTTP client offers `Upgrade: h2c` with every request, which a server may ignore (RFC 9110, section 7.8). Node hands all
 * upgrades to whoever takes any, without their bodies: so the request is put back on its socket without the offer, and
 * read anew.
 */
export function handBack(
  server: Server,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const lines = [`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/${request.httpVersion}`]
  const { rawHeaders } = request
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (!NOT_PASSED_ON.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[at + 1] ?? ''}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
}
