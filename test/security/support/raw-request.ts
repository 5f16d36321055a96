import { connect } from 'node:net'

/** Sends the very bytes, and gives everything that comes back until the other side closes, or is quiet for as long. */
export function rawRequest(url: string, bytes: string | Buffer, quietMs = 1_000): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes)
    })
    const chunks: Buffer[] = []
    const done = (): void => {
      socket.destroy()
      resolve(Buffer.concat(chunks).toString('latin1'))
    }
    socket.setTimeout(quietMs, done)
    socket.on('data', (chunk) => {
      chunks.push(chunk)
    })
    socket.once('end', done)
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') done()
      else reject(error)
    })
  })
}

/** The status of each answer on a connection. */
export function statuses(answer: string): readonly number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]))
}
