import { expect, test } from 'vitest'
import { createRedactor, RedactionError } from './redactor.ts'

// Put together here, so that nobody takes them for real ones.
const token = (prefix: string, length = 36): string =>
  prefix + 'a1B2'.repeat(length).slice(0, length)

test.each([
  ['GitHub token', token('ghu_')],
  ['GitHub token', token('ghs_')],
  ['GitHub token', token('github_pat_', 60)],
  ['Copilot token', 'tid=abc123;exp=1790000000;sku=business;8kp=1:deadbeef'],
  ['JSON web token', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2lnbmF0dXJl'],
  ['key', token('sk-proj-')],
  ['key', token('xoxb-')],
  ['AWS key', token('AKIA', 16).toUpperCase()],
  ['Google key', token('AIza', 35)],
  ['bearer token', 'Bearer abcdefghijklmnop'],
  ['password', 'postgres://ada:hunter22@db/x'],
  ['secret', 'DB_PASSWORD=hunter2222'],
  ['secret', '"api_key": "0123456789"'],
  ['e-mail address', 'ada.lovelace+x@mail.example.org'],
  [
    'private key',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabc=\n-----END RSA PRIVATE KEY-----',
  ],
])('a %s is taken out, wherever it stands', (kind, secret) => {
  const redact = createRedactor()
  const places = [secret, `before ${secret} after`, `"${secret}"`, String.raw`line\n${secret}`]
  for (const text of places) {
    const clean = redact(text)
    expect(clean).toContain(`[redacted: ${kind}]`)
    for (const part of secret.match(/[\w.-]{10,}/g) ?? []) {
      if (!/BEGIN|PRIVATE|Bearer|api_key|PASSWORD/.test(part)) expect(clean).not.toContain(part)
    }
  }
})

test.each([
  'The token of a bus is a coin; skip-level meetings, sk-8 boards and tid bits are fine.',
  'const total = items.reduce((sum, item) => sum + item.price, 0) // see https://example.org/a@b',
  'Set password to a new value; the secret: none.',
])('what is no secret stays: %s', (text) => {
  expect(createRedactor()(text)).toBe(text)
})

test('further patterns are taken out, too', () => {
  const redact = createRedactor([String.raw`\bACME-\d{4,}\b`, 'Projekt \\p{Lu}\\w+'])
  expect(redact('see ACME-12345 of Projekt Überflug, not ACME-1')).toBe(
    'see [redacted] of [redacted], not ACME-1',
  )
})

test('a pattern that never ends costs a moment and the text, not the process', () => {
  const redact = createRedactor(['(a+)+$'])
  expect(redact(`${'a'.repeat(50)}!`)).toBe(
    '[not kept: a pattern of JETWAY_PROMPT_REDACT took too long for this text]',
  )
  expect(redact('short')).toBe('short')
})

test.each([
  [['['], 'is no regular expression'],
  [['x*'], 'matches nothing at all'],
  [['x'.repeat(301)], '300 are taken'],
  [Array.from({ length: 21 }, () => 'x'), '20 are taken at most'],
])('patterns that cannot be used are named: %#', (patterns, message) => {
  expect(() => createRedactor(patterns)).toThrow(RedactionError)
  expect(() => createRedactor(patterns)).toThrow(message)
})

test('takes time by the length of a text, whatever stands in it', () => {
  const redact = createRedactor()
  const hard = [
    'a-',
    'a.',
    'a@',
    '//a:',
    '-----BEGIN ',
    'password',
    'eyJaaaaaaaa.',
    '"api_key": ',
    '\\n',
  ]
  for (const piece of hard)
    expect(redact(piece.repeat(100_000 / piece.length))).toBeTypeOf('string')
}, 10_000)
