import { describe, expect, test } from 'vitest'
import { JetwayError } from '../core/errors.ts'
import { createAddressBook } from './address.ts'
import type { AddressDefaults } from './address.ts'

const defaults: AddressDefaults = {
  apiBase: 'http://gateway.internal:4000',
  apiKey: 'sk-default',
  baseVariable: 'BASE',
  keyVariable: 'KEY',
  keyRequired: false,
}

describe('the base with or without /v1', () => {
  const bases: readonly (readonly [string, string, string])[] = [
    ['http://localhost:4000', 'http://localhost:4000', '/v1'],
    ['http://localhost:4000/', 'http://localhost:4000', '/v1'],
    ['http://localhost:4000/v1', 'http://localhost:4000', '/v1'],
    ['https://host/openai/v1/', 'https://host', '/openai/v1'],
    ['https://host/proxy', 'https://host', '/proxy/v1'],
    ['https://host/v2', 'https://host', '/v2'],
  ]
  for (const [apiBase, origin, basePath] of bases) {
    test(apiBase, () => {
      const access = createAddressBook(defaults).find({ seat: 'own', apiBase, apiKey: 'k' })
      expect(access).toMatchObject({
        origin,
        basePath,
        authorization: { authorization: 'Bearer k' },
      })
    })
  }
})

describe('the default key', () => {
  const book = createAddressBook(defaults)
  const keyFor = (apiBase?: string): unknown =>
    book.find({ seat: 'own', apiBase }).authorization['authorization']

  test('goes to the default address, as the operator wrote both', () => {
    expect(keyFor()).toBe('Bearer sk-default')
  })
  for (const base of [
    'https://other',
    'http://127.0.0.1:9',
    'http://localhost:1',
    'http://[::1]:2',
  ]) {
    test(`goes to ${base}`, () => {
      expect(keyFor(base)).toBe('Bearer sk-default')
    })
  }
  for (const base of ['http://other', 'http://127.0.0.1.evil.test', 'http://localhost.evil.test']) {
    test(`does not go to ${base} in the clear`, () => {
      expect(() => keyFor(base)).toThrow(/not sent to .* in the clear/)
    })
  }
  test('a key given with an address goes there', () => {
    const access = book.find({ seat: 'own', apiBase: 'http://other', apiKey: 'own' })
    expect(access.authorization).toEqual({ authorization: 'Bearer own' })
  })
})

describe('what is wrong is said', () => {
  const cases: readonly (readonly [
    string,
    Partial<AddressDefaults>,
    string | undefined,
    string,
  ])[] = [
    ['no address', { apiBase: undefined }, undefined, 'missing_api_base'],
    [
      'no key where one is needed',
      { apiKey: undefined, keyRequired: true },
      'https://x',
      'missing_api_key',
    ],
    ['another scheme', {}, 'file:///etc/passwd', 'invalid_api_base'],
    ['a password in it', {}, 'https://me:secret@host', 'invalid_api_base'],
    ['a query in it', {}, 'https://host/v1?key=secret', 'invalid_api_base'],
    ['no URL', {}, 'localhost', 'invalid_api_base'],
  ]
  for (const [name, changes, apiBase, code] of cases) {
    test(name, () => {
      try {
        createAddressBook({ ...defaults, ...changes }).find({ seat: 'own', apiBase })
        expect.unreachable()
      } catch (error) {
        expect(error).toBeInstanceOf(JetwayError)
        expect((error as JetwayError).code).toBe(code)
        expect((error as JetwayError).message).not.toContain('secret')
      }
    })
  }
})

test('without a key none is sent', () => {
  const access = createAddressBook({ ...defaults, apiKey: undefined }).find({ seat: 'own' })
  expect(access).toMatchObject({ authorization: {}, credential: 'none' })
})
