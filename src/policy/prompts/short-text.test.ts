import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRedactor } from './redactor.ts'
import { shortJson, shortText } from './short-text.ts'

const redact = createRedactor()
const secret = `sk-${'a1B2'.repeat(10)}`

test('a text within the bound is kept whole, redacted', () => {
  expect(shortText(`use ${secret} now`, 100, redact)).toEqual({
    text: 'use [redacted: key] now',
    characters: 51,
  })
})

test('a longer one keeps its beginning and, more of it, its end', () => {
  const { text, characters } = shortText(
    `${'one '.repeat(9_000)}${'two '.repeat(9_000)}`,
    1000,
    redact,
  )
  expect(characters).toBe(72_000)
  expect(text).toMatch(/^(one ){62}/)
  expect(text).toMatch(/(two ){187}$/)
  expect(text).toContain('[… 71000 characters left out …]')
})

test('wherever a cut falls, no half of a secret is left', () => {
  fc.assert(
    fc.property(fc.nat(45_000), (at) => {
      const whole = 'word '.repeat(9_000)
      const { text } = shortText(
        whole.slice(0, at) + ` ${secret} ` + whole.slice(at),
        2_000,
        redact,
      )
      expect(text).not.toContain('a1B2')
    }),
  )
})

test('JSON keeps its form; old strings and files make room for the last ones', () => {
  const messages = Array.from({ length: 50 }, (_, at) => ({
    role: 'user',
    content: `question ${at} ${'x '.repeat(200)}`,
  }))
  const image = { type: 'image', data: 'QUJD'.repeat(5_000) }
  const last = { role: 'user', content: `line\nDB_PASSWORD=hunter2222\n"and" ${secret}` }
  const text = shortJson(
    { model: 'gpt-4o', messages: [image, ...messages, last] as never },
    4_000,
    redact,
  )
  expect(text.length).toBeLessThan(4_200)
  expect(text).toContain('question 49')
  expect(text).not.toContain('question 1 ')
  expect(text).toContain('[redacted: secret]')
  expect(text).not.toMatch(/hunter2222|a1B2|QUJDQUJD/)
  const small = shortJson({ model: 'gpt-4o', messages: [last, image] as never }, 4_000, redact)
  expect(JSON.parse(small)).toEqual({
    model: 'gpt-4o',
    messages: [
      { role: 'user', content: 'line\nDB_[redacted: secret]\n"and" [redacted: key]' },
      { type: 'image', data: '[20000 characters of data]' },
    ],
  })
})

test('a secret in a text within a text, or in a name, is found', () => {
  const inner = JSON.stringify({ command: `export A=1\n${secret}` })
  const text = shortJson({ arguments: inner, [secret]: 1 }, 4_000, redact)
  expect(text).not.toContain('a1B2')
})
