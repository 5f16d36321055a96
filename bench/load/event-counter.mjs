/**
 * Counts server-sent events by their blank lines, wherever the reads cut them, and keeps the last
 * bytes to see that a stream ended as its dialect says it must.
 *
 * @import { Wire } from '../types.ts'
 */

const LINE_FEED = 10
const CARRIAGE_RETURN = 13
/** Long enough for the last event of `chat` and `messages`. */
const TAIL_BYTES = 96

/** A stream's last words; for `responses`, those of the answer that its last event repeats. */
const ENDINGS = {
  chat: /data: ?\[DONE\]\s*$/,
  messages: /"type": ?"message_stop"[^\n]*\}\s*$/,
  responses: /"total_tokens": ?\d+\}+\s*$/,
}

export function createEventCounter() {
  const tail = Buffer.alloc(TAIL_BYTES)
  let tailLength = 0
  let events = 0
  /** Whether the current line, and the current event, have any bytes yet. */
  let lineIsEmpty = true
  let eventIsEmpty = true

  /** @param {Buffer} bytes */
  function keepTail(bytes) {
    const kept = Math.min(tailLength, Math.max(0, TAIL_BYTES - bytes.length))
    tail.copyWithin(0, tailLength - kept, tailLength)
    const start = Math.max(0, bytes.length - TAIL_BYTES)
    tailLength = kept + bytes.copy(tail, kept, start)
  }

  return {
    get events() {
      return events
    },

    /** @param {Buffer} bytes @returns {number} how many events these bytes completed */
    push(bytes) {
      const before = events
      for (let at = 0; at < bytes.length; at += 1) {
        const byte = bytes[at]
        if (byte === LINE_FEED) {
          if (lineIsEmpty && !eventIsEmpty) {
            events += 1
            eventIsEmpty = true
          }
          lineIsEmpty = true
        } else if (byte !== CARRIAGE_RETURN) {
          lineIsEmpty = false
          eventIsEmpty = false
          // Nothing before the end of this line matters.
          const end = bytes.indexOf(LINE_FEED, at)
          if (end === -1) break
          at = end - 1
        }
      }
      keepTail(bytes)
      return events - before
    },

    /** @param {Wire} wire */
    endedWell(wire) {
      return ENDINGS[wire].test(tail.toString('latin1', 0, tailLength))
    },

    /** @returns {string} the last bytes, for a message about a wrong end */
    tail() {
      return tail.toString('latin1', 0, tailLength)
    },
  }
}
