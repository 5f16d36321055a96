import { Socket } from 'node:net'

/**
 * A connection to PostgreSQL that breaks when what arrives is no PostgreSQL. The driver `pg` throws then from within its reader, where
 * nobody can catch it but the end of the process, and an error message without an end it reads for ever.
 */
export class PostgresSocket extends Socket {
  readonly #messages = createMessageCheck()

  override emit(event: string | symbol, ...given: unknown[]): boolean {
    if (event !== 'data') return super.emit(event, ...given)
    try {
      this.#messages.check(given[0] as Uint8Array)
      return super.emit(event, ...given)
    } catch (cause) {
      this.destroy(new Error('the database server sent what is no PostgreSQL', { cause }))
      return true
    }
  }
}

export interface MessageCheck {
  /** Throws at the first byte from which on the stream makes no sense. */
  check(bytes: Uint8Array): void
}

/** A type of one byte, then a length that counts itself. https://www.postgresql.org/docs/current/protocol-message-formats.html */
const HEAD_BYTES = 5
const LENGTH_BYTES = 4
/** All that a server sends, replication and function calls aside. */
const TYPES = new Set(Buffer.from('RKSZTDCIE12n3stNAGHdcv'))
/** A field's name, its text and a zero, again and again; one more zero ends the message. */
const [ERROR, NOTICE] = Buffer.from('EN')
/** No row of ours comes near; what claims more is not waited for. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024

/** Looks at the heads of messages as they pass, wherever the network cuts them. */
export function createMessageCheck(): MessageCheck {
  let head = 0
  let type = 0
  let length = 0
  let left = 0
  /** The last two bytes of the message so far. */
  let tail = 0

  const takeHead = (byte: number): void => {
    if (head === 0) {
      if (!TYPES.has(byte)) throw new RangeError(`no message has the type ${byte}`)
      type = byte
      length = 0
    } else length = length * 256 + byte
    head += 1
    if (head < HEAD_BYTES) return
    left = length - LENGTH_BYTES
    tail = -1
    if (left < 0 || length > MAX_MESSAGE_BYTES)
      throw new RangeError(`no message has ${length} bytes`)
    if (left === 0) endMessage()
  }

  const endMessage = (): void => {
    if ((type === ERROR || type === NOTICE) && tail !== 0)
      throw new RangeError('an error message without its end')
    head = 0
  }

  return {
    check(bytes) {
      let at = 0
      while (at < bytes.length) {
        if (head < HEAD_BYTES) {
          takeHead(bytes[at] ?? 0)
          at += 1
          continue
        }
        const taken = Math.min(left, bytes.length - at)
        at += taken
        left -= taken
        const last = bytes[at - 1] ?? 0
        const lastButOne = taken > 1 ? (bytes[at - 2] ?? 0) : tail & 0xff
        tail = (lastButOne << 8) | last
        if (left === 0) endMessage()
      }
    },
  }
}
