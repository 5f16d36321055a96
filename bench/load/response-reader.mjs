/**
 * Reads HTTP/1.1 answers off one kept-alive connection: a push machine without copies. Body bytes go
 * to the caller as slices of what the socket gave.
 *
 * The load's own parser, because the load must cost less than what it measures: a whole answer that
 * arrives in one read takes one search for the end of the head and one for its length.
 */

const HEAD_END = Buffer.from('\r\n\r\n')
const MAX_HEAD_BYTES = 64 * 1024
const MAX_SIZE_DIGITS = 8
const CARRIAGE_RETURN = 13
const LINE_FEED = 10
const SEMICOLON = 59

/**
 * @typedef {object} ResponseHandler
 * @property {(status: number) => void} onHead
 * @property {(bytes: Buffer) => void} onBody
 * @property {() => void} onEnd
 */

/** @param {ResponseHandler} handler */
export function createResponseReader({ onHead, onBody, onEnd }) {
  /** @type {'head' | 'length' | 'size' | 'extension' | 'data' | 'data-end' | 'trailer' | 'close'} */
  let state = 'head'
  /** The start of a head that came in pieces. @type {Buffer} */
  let held = Buffer.alloc(0)
  /** Bytes left of the body or of its current chunk. */
  let left = 0
  let sizeDigits = 0
  /** Bytes of the current trailer line; a line without any ends the answer. */
  let trailerBytes = 0

  function finish() {
    state = 'head'
    onEnd()
  }

  /** @param {Buffer} bytes @returns {Buffer} what follows the head, or nothing when it is not whole */
  function readHead(bytes) {
    const all = held.length === 0 ? bytes : Buffer.concat([held, bytes])
    const end = all.indexOf(HEAD_END)
    if (end === -1) {
      if (all.length > MAX_HEAD_BYTES) throw new RangeError('answer head too long')
      held = all
      return all.subarray(all.length)
    }
    held = Buffer.alloc(0)
    const head = all.toString('latin1', 0, end).toLowerCase()
    const status = Number(head.slice(9, 12))
    const length = fieldValue(head, 'content-length')
    const chunked = fieldValue(head, 'transfer-encoding') !== undefined
    onHead(status)
    left = Number(length ?? 0)
    sizeDigits = 0
    if (chunked) state = 'size'
    else if (length === undefined) state = 'close'
    else if (left > 0) state = 'length'
    else finish()
    return all.subarray(end + HEAD_END.length)
  }

  /** @param {Buffer} bytes @param {'length' | 'data'} kind @returns {Buffer} */
  function readBody(bytes, kind) {
    const part = bytes.length > left ? bytes.subarray(0, left) : bytes
    left -= part.length
    onBody(part)
    if (left === 0) {
      if (kind === 'length') finish()
      else state = 'data-end'
    }
    return bytes.subarray(part.length)
  }

  /** @param {number} byte one byte of the framing between chunks */
  function readFraming(byte) {
    if (state === 'data-end') {
      if (byte === LINE_FEED) state = 'size'
    } else if (state === 'trailer') {
      if (byte === LINE_FEED) {
        if (trailerBytes === 0) finish()
        trailerBytes = 0
      } else if (byte !== CARRIAGE_RETURN) trailerBytes += 1
    } else if (byte === LINE_FEED) {
      if (sizeDigits === 0) throw new RangeError('chunk without a size')
      state = left === 0 ? 'trailer' : 'data'
      sizeDigits = 0
    } else if (byte === SEMICOLON) state = 'extension'
    else if (state === 'size' && byte !== CARRIAGE_RETURN) readDigit(byte)
  }

  /** @param {number} byte */
  function readDigit(byte) {
    const digit = Number.parseInt(String.fromCodePoint(byte), 16)
    sizeDigits += 1
    if (Number.isNaN(digit) || sizeDigits > MAX_SIZE_DIGITS) throw new RangeError('bad chunk size')
    left = left * 16 + digit
  }

  return {
    /** @param {Buffer} chunk */
    push(chunk) {
      let bytes = chunk
      while (bytes.length > 0) {
        if (state === 'head') bytes = readHead(bytes)
        else if (state === 'length' || state === 'data') bytes = readBody(bytes, state)
        else if (state === 'close') {
          onBody(bytes)
          return
        } else {
          readFraming(/** @type {number} */ (bytes[0]))
          bytes = bytes.subarray(1)
        }
      }
    },

    /** The connection closed: says whether that was the proper end of an answer. */
    close() {
      if (state !== 'close') return state === 'head' && held.length === 0
      finish()
      return true
    },
  }
}

/** @param {string} head in lower case @param {string} name */
function fieldValue(head, name) {
  const at = head.indexOf(`\r\n${name}:`)
  if (at === -1) return undefined
  const end = head.indexOf('\r\n', at + 2)
  return head.slice(at + name.length + 3, end === -1 ? head.length : end).trim()
}
