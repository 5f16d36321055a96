import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMessageCheck } from './postgres-socket.ts'

const message = (type: string, body: string): Buffer => {
  const text = Buffer.from(body, 'latin1')
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeUInt32BE(text.length + 4, 1)
  return Buffer.concat([head, text])
}

const GOOD = Buffer.concat([
  message('S', 'server_version\u000015.1\0'),
  message('T', '\0\u0001one\0\0\0\0\0\0\0\0\0\0\u0017\0\u0004\u00ff\u00ff\u00ff\u00ff\0\0'),
  message('1', ''),
  message('D', '\0\u0001\0\0\0\u00011'),
  message('E', 'SERROR\0C42P01\0Mnothing here\0\0'),
  message('Z', 'I'),
])

describe('the messages of a PostgreSQL server', () => {
  test('pass, wherever they are cut', () => {
    for (let at = 0; at <= GOOD.length; at++) {
      const messages = createMessageCheck()
      messages.check(GOOD.subarray(0, at))
      messages.check(GOOD.subarray(at))
    }
    const messages = createMessageCheck()
    for (const byte of GOOD) messages.check(Uint8Array.of(byte))
  })

  test.each([
    ['a type that does not exist', Buffer.from([1])],
    ['a length below its own', Buffer.from('D\0\0\0\u0003')],
    ['gigabytes', Buffer.from('D\u007f\0\0\0', 'latin1')],
    ['an error without its end', message('E', 'SERROR\0Mx')],
    ['an empty error', message('E', '')],
  ])('%s does not', (_, bytes) => {
    expect(() => {
      createMessageCheck().check(bytes)
    }).toThrow(RangeError)
    const messages = createMessageCheck()
    expect(() => {
      for (const byte of bytes) messages.check(Uint8Array.of(byte))
    }).toThrow(RangeError)
  })

  test('what passes does not depend on the cuts', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.nat(GOOD.length),
        fc.nat(60),
        (noise, place, at) => {
          const bytes = Buffer.concat([GOOD.subarray(0, place), noise, GOOD.subarray(place)])
          const passes = (pieces: readonly Uint8Array[]): boolean => {
            const messages = createMessageCheck()
            try {
              for (const piece of pieces) messages.check(piece)
              return true
            } catch {
              return false
            }
          }
          expect(passes([bytes])).toBe(passes([bytes.subarray(0, at), bytes.subarray(at)]))
        },
      ),
    )
  })
})
