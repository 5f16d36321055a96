import { BadGatewayError } from '../../core/errors.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Longest single event kept while it arrives in pieces. */
export const MAX_EVENT_BYTES = 16 * 1024 * 1024

/** One event as a byte range of `source`, its closing blank line included. Valid only during the call. */
export type OnEvent = (source: Buffer, start: number, end: number) => void

export interface EventCutter {
  /** Reports every event that these bytes complete. Throws a `BadGatewayError` when one grows over the bound. */
  push(bytes: Uint8Array): void
  /** The stream is over: reports what was left without its blank line as a last event. */
  end(): void
  /** Bytes of an event that is not complete yet. */
  readonly heldBytes: number
}

/**
 * Cuts a byte stream into server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * Lines end in LF or CRLF, mixed as the upstream likes; a lone CR, which the standard allows too, is sent by no server and
 * is not a line end here. Nothing is decoded: newlines are found by native search, every byte is looked at once, and an
 * event inside one chunk is reported as a range of that chunk without a copy. Pieces of an event that spans chunks are kept
 * in a list and joined once, since joining at every chunk is quadratic for a long event in small pieces.
 */
export function createEventCutter(onEvent: OnEvent, maxEventBytes = MAX_EVENT_BYTES): EventCutter {
  let held: Buffer[] = []
  let heldBytes = 0
  // What the line under way holds so far: a blank line is one that ends while it holds nothing but a CR.
  let lineIsEmpty = true
  let lineIsCarriageReturn = false

  const hold = (piece: Buffer): void => {
    if (heldBytes + piece.length > maxEventBytes) {
      held = []
      heldBytes = 0
      throw new BadGatewayError(
        `The upstream sent one event of more than ${maxEventBytes} bytes; it was not passed on.`,
        { code: 'event_too_large' },
      )
    }
    held.push(piece)
    heldBytes += piece.length
  }

  const report = (source: Buffer, start: number, end: number): void => {
    if (heldBytes === 0) {
      if (end - start > maxEventBytes) hold(source.subarray(start, end))
      onEvent(source, start, end)
      return
    }
    hold(source.subarray(start, end))
    const whole = Buffer.concat(held, heldBytes)
    held = []
    heldBytes = 0
    onEvent(whole, 0, whole.length)
  }

  return {
    push(bytes) {
      const source = asBuffer(bytes)
      let start = 0
      let lineStart = 0
      for (
        let at = source.indexOf(LINE_FEED);
        at !== -1;
        at = source.indexOf(LINE_FEED, lineStart)
      ) {
        const length = at - lineStart
        const blank =
          (lineIsEmpty &&
            (length === 0 || (length === 1 && source[lineStart] === CARRIAGE_RETURN))) ||
          (lineIsCarriageReturn && length === 0)
        lineStart = at + 1
        lineIsEmpty = true
        lineIsCarriageReturn = false
        if (blank) {
          report(source, start, lineStart)
          start = lineStart
        }
      }
      if (lineStart < source.length) {
        lineIsCarriageReturn =
          lineIsEmpty && source.length - lineStart === 1 && source[lineStart] === CARRIAGE_RETURN
        lineIsEmpty = false
      }
      if (start < source.length) hold(start === 0 ? source : source.subarray(start))
    },
    end() {
      if (heldBytes === 0) return
      const whole = Buffer.concat(held, heldBytes)
      held = []
      heldBytes = 0
      onEvent(whole, 0, whole.length)
    },
    get heldBytes() {
      return heldBytes
    },
  }
}

/** The same bytes with a `Buffer`'s methods; the very same object when they are one already. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
