import type { IncomingMessage } from 'node:http'

export type BodyOutcome =
  | { readonly state: 'read'; readonly bytes: Buffer }
  | { readonly state: 'too-large' }
  | { readonly state: 'broken' }

/** Reads a body up to `limit` bytes; what is beyond it is read and thrown away, so that the answer arrives. */
export function readBody(message: IncomingMessage, limit: number): Promise<BodyOutcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else chunks.length = 0
    })
    message.on('end', () => {
      resolve(
        size > limit ? { state: 'too-large' } : { state: 'read', bytes: Buffer.concat(chunks) },
      )
    })
    message.on('error', () => {
      resolve({ state: 'broken' })
    })
    message.on('close', () => {
      resolve({ state: 'broken' })
    })
  })
}
