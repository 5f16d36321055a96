import { describe, expect, test } from 'vitest'

import { createResponseReader } from './response-reader.mjs'

/** @param {readonly string[]} pieces */
function read(pieces) {
  /** @type {{ status: number, body: string, ended: boolean }[]} */
  const answers = []
  const reader = createResponseReader({
    onHead: (status) => {
      answers.push({ status, body: '', ended: false })
    },
    onBody: (bytes) => {
      const last = /** @type {(typeof answers)[number]} */ (answers.at(-1))
      last.body += bytes.toString('latin1')
    },
    onEnd: () => {
      const last = /** @type {(typeof answers)[number]} */ (answers.at(-1))
      last.ended = true
    },
  })
  for (const piece of pieces) reader.push(Buffer.from(piece, 'latin1'))
  return { answers, closedWell: reader.close() }
}

const withLength = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx: y\r\n\r\nhello'
const inChunks =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1A;ext=1\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n'
const withTrailer =
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-trailer: 1\r\n\r\n'
const empty = 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n'

const hello = { status: 200, body: 'hello', ended: true }
const alphabet = { status: 200, body: 'helloabcdefghijklmnopqrstuvwxyz', ended: true }
const nothing = { status: 204, body: '', ended: true }

const samples = [
  { name: 'a body with a length', text: withLength, answers: [hello] },
  { name: 'a body in chunks', text: inChunks, answers: [alphabet] },
  {
    name: 'chunks with a trailer',
    text: withTrailer,
    answers: [{ status: 200, body: 'ok', ended: true }],
  },
  { name: 'no body', text: empty, answers: [nothing] },
  {
    name: 'three in a row',
    text: withLength + inChunks + empty,
    answers: [hello, alphabet, nothing],
  },
]

describe('the same answers wherever the reads cut them', () => {
  test.each(samples)('$name', ({ text, answers }) => {
    const wanted = { answers, closedWell: true }
    expect(read([text])).toEqual(wanted)
    for (let at = 0; at <= text.length; at += 1) {
      expect(read([text.slice(0, at), text.slice(at)])).toEqual(wanted)
    }
    expect(read(text.split(''))).toEqual(wanted)
  })
})

test('without a length, the answer ends with the connection', () => {
  const { answers, closedWell } = read(['HTTP/1.1 200 OK\r\n\r\nuntil', ' the end'])
  expect(answers).toEqual([{ status: 200, body: 'until the end', ended: true }])
  expect(closedWell).toBe(true)
})

test('an answer that breaks off is not taken for a whole one', () => {
  for (const text of [withLength, inChunks]) {
    const { answers, closedWell } = read([text.slice(0, -3)])
    expect(answers[0]?.ended).toBe(false)
    expect(closedWell).toBe(false)
  }
})

test('what is not HTTP is refused', () => {
  expect(() => read([inChunks.replace('5\r\n', 'zz\r\n')])).toThrow('bad chunk size')
  expect(() => read([inChunks.replace('5\r\n', '\r\n')])).toThrow('chunk without a size')
  expect(() => read(['x'.repeat(70_000)])).toThrow('head too long')
})
