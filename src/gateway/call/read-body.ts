import type { IncomingMessage } from 'node:http'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { BadRequestError, JetwayError, PayloadTooLargeError } from '../../core/errors.ts'

/** Hears of bytes before they are kept; throws when there are too many of them in the house. */
export type Hold = (bytes: number) => void

/** The request's body, decompressed. Rejects with what the client gets told; see `isClientGone`. */
export function readBody(request: IncomingMessage, maxBytes: number, hold: Hold): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  return encoding === 'identity' || encoding === ''
    ? readBytes(request, maxBytes, hold)
    : readEncoded(encoding, request, maxBytes, hold)
}

async function readEncoded(
  encoding: string,
  request: IncomingMessage,
  maxBytes: number,
  hold: Hold,
): Promise<Buffer> {
  const decompress = DECODERS[encoding]
  if (decompress === undefined) {
    throw new BadRequestError(
      `content-encoding ${printable(encoding)} is not understood: send gzip, deflate, br or none`,
      { status: 415, code: 'unsupported_content_encoding' },
    )
  }
  const bytes = await readBytes(request, maxBytes, hold)
  const whole = await decompressed(bytes, decompress, encoding, maxBytes)
  hold(whole.length)
  return whole
}

/** Whether what was thrown means that the client is gone, and nobody is left to be told. */
export function isClientGone(thrown: unknown): boolean {
  return thrown instanceof JetwayError && thrown.code === CLIENT_GONE
}

export function clientGone(): JetwayError {
  return new JetwayError('the client went away', { status: 499, code: CLIENT_GONE })
}

const CLIENT_GONE = 'client_closed_request'

function readBytes(request: IncomingMessage, maxBytes: number, hold: Hold): Promise<Buffer> {
  if (Number(request.headers['content-length']) > maxBytes)
    return Promise.reject(tooLarge(maxBytes))
  // The client left while its key was looked up: what is over says so no second time, and would be waited for for ever.
  if (request.destroyed) return Promise.reject(clientGone())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      try {
        if (size > maxBytes) throw tooLarge(maxBytes)
        hold(chunk.length)
        chunks.push(chunk)
      } catch (error) {
        chunks.length = 0
        request.off('data', onData)
        // What still comes is thrown away, so that the client can read the answer instead of a reset.
        request.resume()
        reject(error)
      }
    }
    request.on('data', onData)
    let ended = false
    // `on`, not `once`: each comes once by itself, and a wrapper that says so is made anew for every call.
    request.on('end', () => {
      ended = true
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
      // The listeners live as long as the answer takes, and what they see with them.
      chunks.length = 0
    })
    // Without an end there is none to come, whatever Node has of the body. Every request closes: an error is dear to make.
    // Its error, where it has one, is emitted only to those who listen, and it closes after it.
    request.on('close', () => {
      if (!ended) reject(clientGone())
    })
  })
}

type Decompress = (
  bytes: Buffer,
  options: { readonly maxOutputLength: number },
  callback: (error: Error | null, result: Buffer) => void,
) => void

const DECODERS: Readonly<Record<string, Decompress>> = Object.assign(Object.create(null), {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: brotliDecompress,
})

/** `maxOutputLength` stops a small body that would unfold to gigabytes as soon as it is over the limit. */
function decompressed(
  bytes: Buffer,
  decompress: Decompress,
  encoding: string,
  maxBytes: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    decompress(bytes, { maxOutputLength: maxBytes }, (error, result) => {
      if (!error) resolve(result)
      else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
        reject(tooLarge(maxBytes))
      } else {
        const message = `the body is not valid ${encoding}, though content-encoding says so`
        reject(new BadRequestError(message, { code: 'invalid_content_encoding' }))
      }
    })
  })
}

function tooLarge(maxBytes: number): PayloadTooLargeError {
  const megabytes = Math.round((maxBytes / 1_048_576) * 100) / 100
  return new PayloadTooLargeError(
    `the request is larger than this gateway takes (${megabytes} MiB); ` +
      'send less, or raise jetway.max_body_size_mb',
    { code: 'request_too_large' },
  )
}

function printable(text: string): string {
  return text.replace(/[^\w.,-]/g, '?').slice(0, 40)
}
