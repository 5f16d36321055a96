import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { root } from '../support/require.ts'

let house: House
beforeAll(async () => {
  house = await startHouse()
})
afterAll(() => house.stop())

const status = async (key: string): Promise<number> => {
  const answer = await fetch(`${house.url}/key/list`, { headers: { 'x-api-key': key } })
  await answer.body?.cancel()
  return answer.status
}

describe('a key', () => {
  test('is right as a whole or not at all', async () => {
    const { key } = house
    expect(await status(key)).toBe(200)
    const nearly = [
      key.slice(0, -1),
      `${key}x`,
      key.slice(1),
      key.toUpperCase(),
      `${key}%00`,
      `${key} ${key}`,
      key.replace('-', '_'),
      'undefined',
      'null',
      '0',
      '*',
      "' OR 1=1 --",
    ]
    for (const wrong of nearly) expect([wrong, await status(wrong)]).toEqual([wrong, 401])
  })

  test('of ten thousand characters is wrong like any other', async () => {
    expect(await status('x'.repeat(10_000))).toBe(401)
  })
})

/**
 * Time itself cannot be asserted on a shared machine. What can: that every place that judges a key compares hashes of one
 * length by `timingSafeEqual`, or looks a hash up, and that nowhere a secret stands beside `===`.
 */
describe('comparisons in constant time', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|__fixtures__|^emulator/.test(name))
    .map((name) => ({ name, text: readFileSync(join(root, 'src', name), 'utf8') }))
  const source = (name: string): string =>
    sources.find((one) => one.name === name)?.text ?? `there is no ${name}`

  test.each(['gateway/call/master-key.ts', 'policy/keys/authenticator.ts'])(
    '%s compares hashes by timingSafeEqual',
    (name) => {
      expect(source(name)).toMatch(/timingSafeEqual\((digestOf|Buffer\.from\(hash\))/)
    },
  )

  test('virtual keys are found by their hash, which is all that is stored', () => {
    expect(source('store/keys/keys.ts')).toMatch(/hash/)
    expect(source('store/schema.ts')).toMatch(/The secret itself is never here/)
    expect(source('policy/keys/secret.ts')).toMatch(/sha-?256/i)
  })

  test('no secret is compared with ===, but with nothing and with itself of before', () => {
    const compared =
      /(\w*(?:secret|token|apiKey|masterKey|presented|password)\w*(?:\(\))?) [!=]== (\S+)/gi
    const allowed = /^(undefined|null|''|""|'\w*'\)?[,;]?|\w+\.(generation|kind|length)|0\)?)/
    const found = sources
      .filter(({ name }) => /^(gateway|policy|store)\//.test(name))
      .flatMap(({ name, text }) =>
        [...text.matchAll(compared)]
          .filter((match) => !allowed.test(match[2] ?? ''))
          .map((match) => `${name}: ${match[0]}`),
      )
    expect(found).toEqual([])
  })
})
