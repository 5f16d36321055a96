import { EventCutter } from './cut-events.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20

/** `data` is undefined for events without a data line: comments, lone `event:` or `retry:` lines. */
export interface ServerSentEvent {
  readonly event: string | undefined
  readonly data: string | undefined
}

/** Decodes one event that was cut out of a stream. Several data lines are joined by a line feed, as the standard says. */
export function readEvent(source: Buffer, start: number, end: number): ServerSentEvent {
  let event: string | undefined
  let data: string | undefined
  let at = startsWithByteOrderMark(source, start) ? start + 3 : start
  while (at < end) {
    const found = source.indexOf(LINE_FEED, at)
    const next = found === -1 || found >= end ? end : found + 1
    let lineEnd = next === end && source[end - 1] !== LINE_FEED ? end : next - 1
    if (lineEnd > at && source[lineEnd - 1] === CARRIAGE_RETURN) lineEnd--
    const value = valueStart(source, at, lineEnd, DATA)
    if (value !== -1) {
      const text = source.toString('utf8', value, lineEnd)
      data = data === undefined ? text : `${data}\n${text}`
    } else {
      const name = valueStart(source, at, lineEnd, EVENT)
      if (name !== -1) event = source.toString('utf8', name, lineEnd)
    }
    at = next
  }
  return { event, data }
}

export interface EventReader {
  push(bytes: Uint8Array): void
  /** Reads what was left without its blank line as a last event. */
  end(): void
}

/** A cutter whose events come decoded; those without data are left out. */
export function createEventReader(
  onEvent: (event: string | undefined, data: string) => void,
  maxEventBytes?: number,
): EventReader {
  return new EventCutter((source, start, end) => {
    const { event, data } = readEvent(source, start, end)
    if (data !== undefined) onEvent(event, data)
  }, maxEventBytes)
}

const DATA = Buffer.from('data')
const EVENT = Buffer.from('event')

/** Where the field's value starts, or -1 when the line is another field's. */
function valueStart(source: Buffer, at: number, lineEnd: number, field: Buffer): number {
  const colon = at + field.length
  if (colon > lineEnd || source[at] !== field[0]) return -1
  if (source.compare(field, 0, field.length, at, colon) !== 0) return -1
  if (colon === lineEnd) return lineEnd
  if (source[colon] !== 0x3a) return -1
  return colon + 1 < lineEnd && source[colon + 1] === SPACE ? colon + 2 : colon + 1
}

function startsWithByteOrderMark(source: Buffer, at: number): boolean {
  return source[at] === 0xef && source[at + 1] === 0xbb && source[at + 2] === 0xbf
}
