/**
 * Reads HTTP/1.1 requests off a socket: a push machine that keeps only what is not complete yet.
 *
 * `node:http` would do as well and cost three times the CPU, on the core that the load needs. This
 * one knows what gateways send and no more: a head, and a body with a length or in chunks.
 */

const HEAD_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')
const MAX_HEAD_BYTES = 64 * 1024
const MAX_BODY_BYTES = 16 * 1024 * 1024

/** @typedef {{ method: string, path: string, head: string, body: Buffer }} Request */

/** @param {(request: Request) => void} onRequest */
export function createRequestReader(onRequest) {
  /** @type {Buffer[]} */
  let held = []
  let heldBytes = 0
  /** How many bytes the request now being read has at least; nothing is looked at before. */
  let wantedBytes = 0

  /** @param {Buffer} bytes @returns {number} how many bytes were used up, 0 for «not complete» */
  function readOne(bytes) {
    const headEnd = bytes.indexOf(HEAD_END)
    if (headEnd === -1) {
      if (bytes.length > MAX_HEAD_BYTES) throw new RangeError('request head too long')
      return 0
    }
    const head = bytes.toString('latin1', 0, headEnd)
    const bodyStart = headEnd + HEAD_END.length
    const length = bodyLength(head)
    const end = length === 'chunked' ? chunkedEnd(bytes, bodyStart) : bodyStart + length
    if (end > bodyStart + MAX_BODY_BYTES) throw new RangeError('request body too long')
    if (end === -1 || end > bytes.length) {
      wantedBytes = end === -1 ? 0 : end
      return 0
    }
    const space = head.indexOf(' ')
    const path = head.slice(space + 1, head.indexOf(' ', space + 1))
    onRequest({ method: head.slice(0, space), path, head, body: bytes.subarray(bodyStart, end) })
    return end
  }

  return {
    /** @param {Buffer} chunk */
    push(chunk) {
      held.push(chunk)
      heldBytes += chunk.length
      if (heldBytes < wantedBytes) return
      let bytes = held.length === 1 ? chunk : Buffer.concat(held)
      wantedBytes = 0
      for (let used = readOne(bytes); used > 0; used = bytes.length > 0 ? readOne(bytes) : 0) {
        bytes = bytes.subarray(used)
      }
      held = bytes.length > 0 ? [bytes] : []
      heldBytes = bytes.length
    },
  }
}

/** @param {string} head */
function bodyLength(head) {
  const length = headerValue(head, 'content-length')
  if (length !== undefined) return Number(length)
  return headerValue(head, 'transfer-encoding') === undefined ? 0 : 'chunked'
}

/** @param {string} head @param {string} name in lower case */
export function headerValue(head, name) {
  const at = head.toLowerCase().indexOf(`\r\n${name}:`)
  if (at === -1) return undefined
  const start = at + name.length + 3
  const end = head.indexOf('\r\n', start)
  return head.slice(start, end === -1 ? head.length : end).trim()
}

/**
 * Where a chunked body ends: after the chunk of length zero, found by walking from size to size.
 *
 * @param {Buffer} bytes
 * @param {number} start
 */
function chunkedEnd(bytes, start) {
  for (let at = start; at < bytes.length;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return -1
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    if (Number.isNaN(size)) throw new RangeError('bad chunk size')
    if (size === 0) return at + LAST_CHUNK.length
    at = lineEnd + 2 + size + 2
  }
  return -1
}
