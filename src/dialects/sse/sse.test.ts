import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventCutter } from './cut-events.ts'
import { createEventReader, readEvent } from './read-event.ts'
import { dataEvent, namedEvent } from './write-event.ts'

const samples: Readonly<Record<string, string>> = {
  'line feeds': 'data: {"a":1}\n\ndata: {"b":"ü€😀"}\n\ndata: [DONE]\n\n',
  'carriage returns': 'data: one\r\n\r\nevent: x\r\ndata: two\r\n\r\n',
  mixed: 'data: one\r\n\ndata: two\n\r\n: comment\n\ndata: three\n\n\n\ndata: four\n\n',
  'several data lines': 'event: many\ndata: one\ndata:two\ndata\ndata:  three\nid: 4\n\n',
  'byte order mark': '\u{FEFF}data: first\n\ndata: second\n\n',
  'no blank line at the end': 'data: one\n\ndata: [DONE]',
  'one line feed at the end': 'data: one\n\ndata: [DONE]\n',
  'a carriage return inside a line': 'data: a\rb\n\n',
  'nothing at all': '',
}

function read(chunks: readonly Uint8Array[]): (string | undefined)[][] {
  const events: (string | undefined)[][] = []
  const reader = createEventReader((event, data) => events.push([event, data]))
  for (const chunk of chunks) reader.push(chunk)
  reader.end()
  return events
}

function cut(chunks: readonly Uint8Array[]): string[] {
  const events: string[] = []
  const cutter = new EventCutter((source, start, end) =>
    events.push(source.toString('latin1', start, end)),
  )
  for (const chunk of chunks) cutter.push(chunk)
  cutter.end()
  return events
}

describe('events are the same wherever the stream is cut', () => {
  for (const [name, text] of Object.entries(samples)) {
    test(name, () => {
      const bytes = Buffer.from(text)
      const whole = read([bytes])
      const ranges = cut([bytes])
      expect(ranges.join('')).toBe(bytes.toString('latin1'))
      for (let at = 0; at <= bytes.length; at++) {
        const halves = [bytes.subarray(0, at), bytes.subarray(at)]
        expect(read(halves)).toEqual(whole)
        expect(cut(halves)).toEqual(ranges)
      }
      expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
    })
  }

  test('any text of the alphabet that matters, any cuts', () => {
    const letters = fc.constantFrom(
      '\n',
      '\r\n',
      '\r',
      'data: ',
      'data:',
      'event: e',
      ':',
      'x',
      'é',
    )
    fc.assert(
      fc.property(fc.array(letters), fc.array(fc.nat(60)), (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''))
        const points = [0, ...cuts.filter((at) => at < bytes.length), bytes.length].sort(
          (a, b) => a - b,
        )
        const chunks = points.slice(1).map((at, index) => bytes.subarray(points[index], at))
        expect(read(chunks)).toEqual(read([bytes]))
        expect(cut(chunks)).toEqual(cut([bytes]))
      }),
    )
  })
})

test('reads what a standard parser reads', () => {
  for (const [name, text] of Object.entries(samples)) {
    // The standard drops an event without its blank line, and ends lines at a lone carriage return; we differ on purpose.
    if (!text.endsWith('\n\n') || name.includes('inside a line')) continue
    const expected: (string | undefined)[][] = []
    const parser = createParser({ onEvent: (event) => expected.push([event.event, event.data]) })
    // It is given decoded text, and a decoder takes the mark away.
    parser.feed(text.replace('\u{FEFF}', ''))
    expect(read([Buffer.from(text)])).toEqual(expected)
  }
})

test('an event inside one chunk is a range of that chunk', () => {
  const chunk = Buffer.from('data: one\n\ndata: two\n\n')
  const sources: Buffer[] = []
  new EventCutter((source) => sources.push(source)).push(chunk)
  expect(sources.every((source) => source === chunk)).toBe(true)
  expect(sources).toHaveLength(2)
})

test('an event over the bound is a named error, in one piece or in many', () => {
  const tooLong = Buffer.from(`data: ${'x'.repeat(100)}\n\n`)
  expect(() => new EventCutter(() => {}, 50).push(tooLong)).toThrow(/more than 50 bytes/)
  const cutter = new EventCutter(() => {}, 50)
  expect(() => {
    for (const byte of tooLong) cutter.push(Uint8Array.of(byte))
  }).toThrow(/more than 50 bytes/)
})

test('held bytes are counted', () => {
  const cutter = new EventCutter(() => {})
  cutter.push(Buffer.from('data: one\n\ndata'))
  expect(cutter.heldBytes).toBe(4)
  cutter.push(Buffer.from(': two\n\n'))
  expect(cutter.heldBytes).toBe(0)
})

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.parse(JSON.stringify(value)) as never
      const bytes = Buffer.from(dataEvent(json) + namedEvent('some.event', json))
      expect(read([bytes])).toEqual([
        [undefined, JSON.stringify(json)],
        ['some.event', JSON.stringify(json)],
      ])
    }),
  )
})

test('a comment has neither event nor data', () => {
  const bytes = Buffer.from(': keep-alive\n\n')
  expect(readEvent(bytes, 0, bytes.length)).toEqual({ event: undefined, data: undefined })
})
