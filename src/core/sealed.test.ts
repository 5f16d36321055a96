import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unwrapSealed, wrapSealed } from './sealed.ts'

test('any value comes back byte for byte', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('chat', 'responses', 'messages', 'gemini'),
      fc.constantFrom('signature', 'encrypted', 'opaque', 'redacted'),
      fc.string(),
      (origin, kind, data) => {
        const sealed = { origin, kind, data } as const
        expect(unwrapSealed(wrapSealed(sealed))).toEqual(sealed)
      },
    ),
  )
})

test.each(['', 'EqQBCkYIBxgCKkD', 'jetway.', 'jetway.other.opaque.x', 'jetway.chat.opaque'])(
  '%j is nobody else’s',
  (text) => {
    expect(unwrapSealed(text)).toBeUndefined()
  },
)
