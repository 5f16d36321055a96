import { connect, isIP } from 'node:net'
import type { Socket } from 'node:net'

/** A proxy that refuses, or is none. */
export class ProxyError extends Error {
  readonly code = 'ERR_PROXY'
}

const VERSION = 5
const NO_AUTHENTICATION = 0
const PASSWORD = 2
const CONNECT = 1
const IPV4 = 1
const NAME = 3
const IPV6 = 4

/** https://www.rfc-editor.org/rfc/rfc1928#section-6 */
const REFUSALS = [
  'succeeded',
  'failed',
  'does not allow this connection',
  'cannot reach that network',
  'cannot reach that host',
  'had its connection refused by the host',
  'ran out of time',
  'does not know the command',
  'does not know this kind of address',
]

/**
 * A connection through a SOCKS5 proxy (RFC 1928, passwords by RFC 1929). Names are resolved by the proxy: behind one there is
 * often no DNS for the world outside, and what is asked would tell where calls go.
 */
export async function connectBySocks5(
  proxy: URL,
  target: { readonly hostname: string; readonly port: number },
  timeoutMs: number,
): Promise<Socket> {
  const socket = connect({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: Number(proxy.port || 1080),
    noDelay: true,
  })
  const timer = setTimeout(() => {
    socket.destroy(new ProxyError(`the proxy ${proxy.host} did not answer in time`))
  }, timeoutMs)
  try {
    await authenticate(socket, proxy)
    await open(socket, proxy, target)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function authenticate(socket: Socket, proxy: URL): Promise<void> {
  const name = Buffer.from(decodeURIComponent(proxy.username))
  const password = Buffer.from(decodeURIComponent(proxy.password))
  const methods = name.length > 0 ? [NO_AUTHENTICATION, PASSWORD] : [NO_AUTHENTICATION]
  socket.write(Uint8Array.from([VERSION, methods.length, ...methods]))
  const [version, method] = await read(socket, 2, proxy)
  if (version !== VERSION) throw new ProxyError(`${proxy.host} is no SOCKS5 proxy`)
  if (method === NO_AUTHENTICATION) return
  if (method !== PASSWORD || name.length === 0) {
    throw new ProxyError(`the proxy ${proxy.host} asks for another name and password, or for any`)
  }
  if (name.length > 255 || password.length > 255) {
    throw new ProxyError(`name and password for the proxy ${proxy.host} are too long for SOCKS5`)
  }
  socket.write(
    Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([password.length]), password]),
  )
  const [, status] = await read(socket, 2, proxy)
  if (status !== 0) throw new ProxyError(`the proxy ${proxy.host} refused name and password`)
}

async function open(
  socket: Socket,
  proxy: URL,
  { hostname, port }: { readonly hostname: string; readonly port: number },
): Promise<void> {
  const address = addressOf(hostname.replace(/^\[|\]$/g, ''))
  socket.write(
    Buffer.concat([
      Buffer.from([VERSION, CONNECT, 0]),
      address,
      Buffer.from([port >> 8, port & 0xff]),
    ]),
  )
  const [, status = 1, , kind] = await read(socket, 4, proxy)
  if (status !== 0) {
    throw new ProxyError(`the proxy ${proxy.host} ${REFUSALS[status] ?? `refused (${status})`}`)
  }
  // The address it calls from is of no use, but has to be read.
  const length = kind === IPV4 ? 4 : kind === IPV6 ? 16 : (await read(socket, 1, proxy))[0]
  await read(socket, (length ?? 0) + 2, proxy)
}

function addressOf(host: string): Buffer {
  switch (isIP(host)) {
    case 4:
      return Buffer.from([IPV4, ...host.split('.').map(Number)])
    case 6:
      return Buffer.concat([Buffer.from([IPV6]), bytesOfIpv6(host)])
    default: {
      const name = Buffer.from(host)
      if (name.length > 255) throw new ProxyError('the name of the host is too long for SOCKS5')
      return Buffer.concat([Buffer.from([NAME, name.length]), name])
    }
  }
}

function bytesOfIpv6(host: string): Buffer {
  const [head = '', tail = ''] = host.split('::')
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(head), groups(tail)]
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0)
  const bytes = Buffer.alloc(16)
  for (const [at, group] of [...before, ...zeros, ...after].entries())
    bytes.writeUInt16BE(group, at * 2)
  return bytes
}

/** Exactly so many bytes: what follows belongs to the one behind the proxy. */
function read(socket: Socket, length: number, proxy: URL): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      socket.off('readable', onReadable)
      socket.off('error', onError)
      socket.off('close', onClose)
      act()
    }
    const onReadable = (): void => {
      const bytes = socket.read(length) as Buffer | null
      if (bytes?.length === length)
        settle(() => {
          resolve(bytes)
        })
    }
    const onError = (error: Error): void => {
      settle(() => {
        reject(error)
      })
    }
    const onClose = (): void => {
      settle(() => {
        reject(new ProxyError(`the proxy ${proxy.host} closed the connection`))
      })
    }
    socket.on('readable', onReadable)
    socket.on('error', onError)
    socket.on('close', onClose)
    onReadable()
  })
}
