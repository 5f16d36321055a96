import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/**
 * A port that is free now. Workers have to be told a number: a port that the system chose for them would be another one after all
 * of them have died at once. Between here and there another program may take it; then the start fails and says so.
 */
export function findFreePort(host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host: host ?? '127.0.0.1', port: 0, exclusive: true }, () => {
      const { port } = server.address() as AddressInfo
      server.close(() => {
        resolve(port)
      })
    })
  })
}
