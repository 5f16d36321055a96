import { asBuffer } from '../../core/as-buffer.ts'
import { BadGatewayError } from '../../core/errors.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Longest single event kept while it arrives in pieces. */
export const MAX_EVENT_BYTES = 16 * 1024 * 1024

/** One event as a byte range of `source`, its closing blank line included. Valid only during the call. */
export type OnEvent = (source: Buffer, start: number, end: number) => void

/**
 * Cuts a byte stream into server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * Lines end in LF or CRLF, mixed as the upstream likes; a lone CR, which the standard allows too, is sent by no server and
 * is not a line end here. Nothing is decoded: newlines are found by native search, every byte is looked at once, and an
 * event inside one chunk is reported as a range of that chunk without a copy. Pieces of an event that spans chunks are kept
 * in a list and joined once, since joining at every chunk is quadratic for a long event in small pieces.
 */
export class EventCutter {
  readonly #onEvent: OnEvent
  readonly #maxEventBytes: number
  #held: Buffer[] | undefined
  #heldBytes = 0
  // What the line under way holds so far: a blank line is one that ends while it holds nothing but a CR.
  #lineIsEmpty = true
  #lineIsCarriageReturn = false

  constructor(onEvent: OnEvent, maxEventBytes = MAX_EVENT_BYTES) {
    this.#onEvent = onEvent
    this.#maxEventBytes = maxEventBytes
  }

  /** Bytes of an event that is not complete yet. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Reports every event that these bytes complete. Throws a `BadGatewayError` when one grows over the bound. */
  push(bytes: Uint8Array): void {
    const source = asBuffer(bytes)
    let start = 0
    let lineStart = 0
    for (let at = source.indexOf(LINE_FEED); at !== -1; at = source.indexOf(LINE_FEED, lineStart)) {
      const length = at - lineStart
      const blank =
        (this.#lineIsEmpty &&
          (length === 0 || (length === 1 && source[lineStart] === CARRIAGE_RETURN))) ||
        (this.#lineIsCarriageReturn && length === 0)
      lineStart = at + 1
      this.#lineIsEmpty = true
      this.#lineIsCarriageReturn = false
      if (blank) {
        this.#report(source, start, lineStart)
        start = lineStart
      }
    }
    if (lineStart < source.length) {
      this.#lineIsCarriageReturn =
        this.#lineIsEmpty &&
        source.length - lineStart === 1 &&
        source[lineStart] === CARRIAGE_RETURN
      this.#lineIsEmpty = false
    }
    if (start < source.length) this.#hold(start === 0 ? source : source.subarray(start))
  }

  /** The stream is over: reports what was left without its blank line as a last event. */
  end(): void {
    if (this.#heldBytes > 0) this.#reportHeld()
  }

  #report(source: Buffer, start: number, end: number): void {
    if (this.#heldBytes === 0 && end - start <= this.#maxEventBytes) {
      this.#onEvent(source, start, end)
      return
    }
    this.#hold(source.subarray(start, end))
    this.#reportHeld()
  }

  #reportHeld(): void {
    const whole = Buffer.concat(this.#held ?? [], this.#heldBytes)
    this.#release()
    this.#onEvent(whole, 0, whole.length)
  }

  #hold(piece: Buffer): void {
    if (this.#heldBytes + piece.length > this.#maxEventBytes) {
      this.#release()
      throw new BadGatewayError(
        `The upstream sent one event of more than ${this.#maxEventBytes} bytes; it was not passed on.`,
        { code: 'event_too_large' },
      )
    }
    if (this.#held === undefined) this.#held = [piece]
    else this.#held.push(piece)
    this.#heldBytes += piece.length
  }

  #release(): void {
    this.#held = undefined
    this.#heldBytes = 0
  }
}
