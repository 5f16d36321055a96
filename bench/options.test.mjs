import { expect, test } from 'vitest'

import { LENGTHS, readOptions } from './options.mjs'

const known = { rows: ['whole', 'stream', 'memory'], gateways: ['nginx', 'jetway', 'portkey'] }

test('nothing given is everything, at normal length', () => {
  expect(readOptions([], known)).toMatchObject({
    ...known,
    ...LENGTHS.normal,
    install: true,
    write: false,
    check: false,
  })
})

test('a choice keeps the order of the table', () => {
  const options = readOptions(['--rows', 'stream, whole', '--gateways', 'portkey,nginx'], known)
  expect(options).toMatchObject({ rows: ['whole', 'stream'], gateways: ['nginx', 'portkey'] })
})

test('--check is short and measures only what budgets are about', () => {
  const options = readOptions(['--check'], known)
  expect(options.gateways).toEqual(['nginx', 'bare', 'jetway'])
  expect(options.lengths.measureMs).toBeLessThan(LENGTHS.normal.lengths.measureMs)
})

test.each([
  [['--rows', 'whole,stram'], '--rows names stram; known are whole, stream, memory'],
  [['--gateways', ''], '--gateways names'],
  [['--length', 'endless'], '--length is endless; it must be quick, normal or long'],
  [['--rounds', '0'], '--rounds is 0'],
  [['--rounds', 'two'], '--rounds is two'],
  [['--check', '--write'], '--check only reads'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is refused with the reason', (args, message) => {
  expect(() => readOptions(args, known)).toThrow(message)
})
