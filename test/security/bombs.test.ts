import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environmentFor, startHouse, type House } from '../support/gateway-process.ts'
import { root } from '../support/require.ts'
import { run } from '../support/run.ts'

let house: House
let folder: string
beforeAll(async () => {
  house = await startHouse({ config: 'jetway:\n  max_body_size_mb: 4\n' })
  folder = mkdtempSync(join(tmpdir(), 'jetway-bombs-'))
})
afterAll(async () => {
  await house.stop()
  rmSync(folder, { recursive: true, force: true })
})

const MEGABYTE = 1_048_576

async function post(
  body: string | Buffer,
  headers: Record<string, string> = {},
  path = '/v1/chat/completions',
) {
  const answer = await fetch(house.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${house.key}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
  return { status: answer.status, text: await answer.text() }
}

async function metric(name: string): Promise<number> {
  const page = await (await fetch(`${house.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1])
}

describe('a body that unfolds', () => {
  const much = Buffer.alloc(256 * MEGABYTE)

  test.each([
    ['gzip', () => gzipSync(much)],
    ['deflate', () => deflateSync(much)],
    ['br', () => brotliCompressSync(much, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })],
  ])('%s: 256 MB out of a few are 413, and were never in memory', async (encoding, make) => {
    const packed = make()
    expect(packed.length).toBeLessThan(MEGABYTE)
    const before = await metric('process_resident_memory_bytes')
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(packed, { 'content-encoding': encoding })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 413))
    expect((await metric('process_resident_memory_bytes')) - before).toBeLessThan(200 * MEGABYTE)
  })

  test('packed twice is not unpacked twice', async () => {
    const twice = gzipSync(gzipSync('{"model":"gpt-4o"}'))
    expect(await post(twice, { 'content-encoding': 'gzip, gzip' })).toMatchObject({ status: 415 })
    expect(await post(twice, { 'content-encoding': 'gzip' })).toMatchObject({ status: 400 })
  })
})

describe('JSON', () => {
  test.each([
    ['arrays', '['.repeat(1_000_000), ']'.repeat(1_000_000)],
    ['objects', '{"a":'.repeat(200_000), `1${'}'.repeat(200_000)}`],
  ])('a million %s in each other are a 400', async (_name, open, close) => {
    for (const path of [
      '/v1/chat/completions',
      '/v1/messages',
      '/v1/responses',
      '/api/chat',
      '/key/generate',
      '/v1beta/models/gpt-4o:generateContent',
    ]) {
      const { status, text } = await post(`{"model":"gpt-4o","messages":${open}${close}}`, {}, path)
      expect([400, 413]).toContain(status)
      expect(text.length).toBeLessThan(1000)
    }
    expect((await fetch(`${house.url}/livez`)).status).toBe(200)
  })

  test('that names prototypes changes none', async () => {
    const forged = [
      '{"model":"gpt-4o","messages":[],"__proto__":{"stream":true,"isAdmin":true}}',
      '{"model":"gpt-4o","messages":[{"role":"user","content":"say: hi","__proto__":{"role":"system"}}]}',
      '{"__proto__":{"user_role":"administrator"},"user_id":"eve"}',
    ]
    for (const body of forged) {
      for (const path of ['/v1/chat/completions', '/v1/messages', '/user/new', '/key/generate']) {
        expect(await post(body, {}, path)).toMatchObject({ status: 400 })
      }
    }
    const constructor =
      '{"model":"gpt-4o","messages":[{"role":"user","content":"say: hi"}],"constructor":{"prototype":{"polluted":true}},"metadata":{"constructor":{"prototype":{"polluted":true}}}}'
    await post(constructor)
    await post(
      '{"user_id":"constructor","metadata":{"constructor":{"prototype":{"blocked":true}}}}',
      {},
      '/user/new',
    )
    const { status, text } = await post('{"user_id":"plain"}', {}, '/user/new')
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({ blocked: false, user_role: 'member' })
    expect(text).not.toContain('polluted')
  })

  test('names of members that every object has are no models, keys or users', async () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      const chat = await post(
        JSON.stringify({ model: name, messages: [{ role: 'user', content: 'x' }] }),
      )
      expect([name, chat.status]).toEqual([name, 404])
      const info = await fetch(`${house.url}/key/info?key=${name}`, {
        headers: { authorization: `Bearer ${house.key}` },
      })
      expect([name, info.status]).toEqual([name, 404])
    }
  })
})

describe('a configuration', () => {
  const check = async (text: string) => {
    const file = join(folder, 'config.yaml')
    writeFileSync(file, text)
    return run(process.execPath, [join(root, 'dist/jetway.js'), 'config', 'check', file], {
      env: environmentFor('http://127.0.0.1:1', folder),
      timeoutMs: 30_000,
    })
  }

  test('whose aliases multiply is refused at once, with its place', async () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const before = level === 0 ? 'lol' : `*a${level - 1}`
      return `a${level}: &a${level} [${Array.from({ length: 10 }, () => before).join(', ')}]`
    })
    const ran = await check(levels.join('\n'))
    expect(ran.code).toBe(4)
    expect(ran.stdout).toMatch(/config\.yaml:\d+:\d+.*more than \d+ values/s)
  })

  test('that is nested beyond reason, endless, or no text at all is refused', async () => {
    expect((await check(`a: ${'['.repeat(5_000)}${']'.repeat(5_000)}`)).code).toBe(4)
    expect((await check('a: &a [*a]')).code).toBe(4)
    expect((await check('\0\0\0')).code).toBe(4)
  })

  test('that names prototypes, or runs code, does neither', async () => {
    expect((await check('__proto__:\n  polluted: 1\n')).code).toBe(4)
    expect((await check('jetway:\n  constructor:\n    prototype: 1\n')).code).toBe(4)
    const js = await check(
      `jetway:\n  host: !!js/function 'function () { require("fs").writeFileSync("${join(folder, 'pwned')}", "") }'\n`,
    )
    expect(js.code).not.toBe(139)
    expect(() => readFileSync(join(folder, 'pwned'))).toThrow(/ENOENT/)
  })
})
