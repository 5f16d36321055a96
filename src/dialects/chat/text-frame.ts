const QUOTE = 0x22
const CONTENT = '"content":"'
/** A frame has 100 to 400 bytes; thousands of streams keep one each. */
const LONGEST_FRAME = 1024
/** Where no two chunks have the same around their text, to keep each frame costs twice what it was to save. */
const MOST_IN_VAIN = 8

/**
 * Most chunks of an answer differ in their text alone. What stood around the text of one that needed no repair is kept; where the
 * same stands around another, that one needs none either. Three native searches tell, on the bytes as they came: a
 * quarter of what it takes to look for all that can be wrong.
 */
export class TextFrame {
  /** What comes before the text, and what comes after it. In one piece, as thousands of streams keep one. */
  #frame: Uint8Array | undefined
  #before = 0
  /** How many more were kept than were found again. */
  #inVain = 0

  /** Of the frame alone. */
  get length(): number {
    return this.#frame?.length ?? 0
  }

  /** Whether the event is one of those, with other text. Quotes in a text, which are escaped, make it an event to look through. */
  holds(source: Buffer, start: number, end: number): boolean {
    const frame = this.#frame
    if (frame === undefined) return false
    const textStart = start + this.#before
    const textEnd = end - (frame.length - this.#before)
    const isHeld =
      textEnd >= textStart &&
      source.compare(frame, this.#before, frame.length, textEnd, end) === 0 &&
      source.compare(frame, 0, this.#before, start, textStart) === 0 &&
      // Last: there is a quote at the text's end now, behind which nothing is searched.
      source.indexOf(QUOTE, textStart) === textEnd
    if (isHeld) this.#inVain -= 1
    return isHeld
  }

  /** `text`: an event that is right as it is, as Latin-1. */
  keep(text: string): void {
    if (this.#inVain >= MOST_IN_VAIN) return
    const at = text.indexOf(CONTENT)
    // What is right about a tool's call depends on the calls before it.
    if (at === -1 || text.includes(CONTENT, at + 1) || text.includes('"tool_calls"')) return
    const before = at + CONTENT.length
    const close = text.indexOf('"', before)
    if (text[close - 1] === '\\') return
    if (before + text.length - close > LONGEST_FRAME) return
    const frame = text.slice(0, before) + text.slice(close)
    this.#inVain += 1
    // Of its own, not of the pool that small Buffers share: it would hold 8 KB for as long as the stream is open.
    this.#frame = Uint8Array.from(Buffer.from(frame, 'latin1'))
    this.#before = before
  }
}
