import { expect, test } from 'vitest'

import { createRequestReader, headerValue } from './request-reader.mjs'

/** @param {readonly string[]} pieces */
function read(pieces) {
  /** @type {[string, string, string][]} */
  const requests = []
  const reader = createRequestReader(({ method, path, body }) => {
    requests.push([method, path, body.toString('latin1')])
  })
  for (const piece of pieces) reader.push(Buffer.from(piece, 'latin1'))
  return requests
}

const get = 'GET /models HTTP/1.1\r\nhost: x\r\n\r\n'
const post = 'POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n{"a":1}'
const chunkedBody = '3\r\n{"a\r\n4;e=1\r\n":1}\r\n0\r\n\r\n'
const chunked = `POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${chunkedBody}`

test('the same requests wherever the reads cut them', () => {
  const text = get + post + chunked + get
  const expected = [
    ['GET', '/models', ''],
    ['POST', '/a?b=c', '{"a":1}'],
    ['POST', '/b', chunkedBody],
    ['GET', '/models', ''],
  ]
  expect(read([text])).toEqual(expected)
  for (let at = 0; at <= text.length; at += 1) {
    expect(read([text.slice(0, at), text.slice(at)])).toEqual(expected)
  }
  expect(read(text.split(''))).toEqual(expected)
})

test('heads and bodies without end are refused', () => {
  expect(() => read(['x'.repeat(70_000)])).toThrow('head too long')
  expect(() => read(['POST / HTTP/1.1\r\ncontent-length: 99999999\r\n\r\n'])).toThrow('body too')
  expect(() => read([chunked.replace('3\r\n', 'zz\r\n')])).toThrow('bad chunk size')
})

test.each([
  ['GET / HTTP/1.1\r\nX-One: 1\r\nx-two:  2 ', 'x-one', '1'],
  ['GET / HTTP/1.1\r\nX-One: 1\r\nx-two:  2 ', 'x-two', '2'],
  ['GET / HTTP/1.1\r\nX-One: 1', 'one', undefined],
])('a header of %j: %s', (head, name, expected) => {
  expect(headerValue(head, name)).toBe(expected)
})
