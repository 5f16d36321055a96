import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'

/** Stands for everything a hostile client or answer would have us call: it must never hear of us. */
let elsewhere: Server
let address: string
const heard: string[] = []
const outside = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address

let house: House
beforeAll(async () => {
  elsewhere = createServer((request: IncomingMessage, response) => {
    heard.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`)
    response.end('{}')
  })
  await new Promise<void>((resolve) => {
    elsewhere.listen(0, '0.0.0.0', resolve)
  })
  address = `http://${outside ?? '127.0.0.1'}:${(elsewhere.address() as AddressInfo).port}`
  house = await startHouse()
})
afterAll(async () => {
  await house.stop()
  elsewhere.close()
})
beforeEach(() => {
  heard.length = 0
})

async function post(
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<number> {
  const answer = await fetch(house.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${house.key}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(body),
  })
  await answer.text()
  return answer.status
}

const messages = [{ role: 'user', content: 'say: hi' }]

describe('a client says where to call', () => {
  test.each<[string, Record<string, unknown>, Record<string, string>]>([
    ['api_base', { api_base: 'ADDRESS', api_key: 'sk-theirs' }, {}],
    ['base_url', { base_url: 'ADDRESS' }, {}],
    ['litellm_params', { litellm_params: { api_base: 'ADDRESS' } }, {}],
    [
      'extra_body and extra_headers',
      { extra_headers: { host: 'evil.example' }, extra_body: { api_base: 'ADDRESS' } },
      {},
    ],
    ['metadata', { metadata: { api_base: 'ADDRESS' } }, {}],
    [
      'headers',
      {},
      { 'x-api-base': 'ADDRESS', 'x-forwarded-host': 'evil.example', 'x-original-url': 'ADDRESS' },
    ],
    ['the model', { model: 'openai/ADDRESS/gpt-4o' }, {}],
    ['another provider', { model: 'litellm_proxy/gpt-4o' }, {}],
    ['fallbacks', { model: 'nope', fallbacks: [{ model: 'openai/x', api_base: 'ADDRESS' }] }, {}],
  ])('by %s: nobody there is called', async (_name, fields, headers) => {
    const written = (value: unknown): string => JSON.stringify(value).replaceAll('ADDRESS', address)
    await post(
      '/v1/chat/completions',
      JSON.parse(written({ model: 'gpt-4o', messages, ...fields })) as object,
      JSON.parse(written(headers)) as Record<string, string>,
    )
    expect(heard).toEqual([])
    expect(
      house.emulator.control.requests
        .list()
        .every(({ headers: sent }) => !JSON.stringify(sent).includes('sk-theirs')),
    ).toBe(true)
  })
})

describe('an image by its address', () => {
  test.each<[string, (url: string) => object]>([
    [
      '/v1/chat/completions',
      (url) => ({
        model: 'claude-sonnet-4.5',
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'say: hi' },
              { type: 'image_url', image_url: { url } },
            ],
          },
        ],
      }),
    ],
    [
      '/v1/messages',
      (url) => ({
        model: 'gpt-4o',
        max_tokens: 10,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', source: { type: 'url', url } },
              { type: 'text', text: 'say: hi' },
            ],
          },
        ],
      }),
    ],
    [
      '/v1/responses',
      (url) => ({
        model: 'claude-sonnet-4.5',
        input: [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }],
      }),
    ],
    [
      '/v1beta/models/gpt-4o:generateContent',
      (url) => ({
        contents: [
          { parts: [{ fileData: { fileUri: url, mimeType: 'image/png' } }, { text: 'say: hi' }] },
        ],
      }),
    ],
    [
      '/api/chat',
      (url) => ({
        model: 'gpt-4o',
        stream: false,
        messages: [{ role: 'user', content: 'say: hi', images: [url] }],
      }),
    ],
  ])('%s fetches none', async (path, body) => {
    for (const url of [
      `${address}/i.png`,
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      `http://127.0.0.1:${new URL(address).port}/`,
    ]) {
      const status = await post(path, body(url))
      expect(status).toBeLessThan(500)
    }
    expect(heard).toEqual([])
  })

  test('not even where the configuration allows it, from an address that is not public', async () => {
    const allowing = await startHouse({ config: 'jetway:\n  images:\n    fetch: true\n' })
    try {
      for (const url of [
        `${address}/i.png`,
        address.replace('http:', 'https:'),
        'https://localhost/i.png',
        'https://169.254.169.254/',
        'https://[::ffff:127.0.0.1]/',
      ]) {
        const answer = await fetch(`${allowing.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${allowing.key}` },
          body: JSON.stringify({
            model: 'claude-sonnet-4.5',
            messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
          }),
        })
        await answer.text()
        expect(answer.status).toBe(400)
      }
      expect(heard).toEqual([])
    } finally {
      await allowing.stop()
    }
  })
})

describe('a hostile endpoints.api', () => {
  test.each([
    ['another host', () => address],
    ['GitHub’s name as a user', () => address.replace('http://', 'http://api.githubcopilot.com@')],
    ['a name that ends alike', () => 'https://evilgithubcopilot.com'],
    ['the metadata service', () => 'http://169.254.169.254'],
    ['a file', () => 'file:///etc/passwd'],
  ])('%s: no token goes there', async (_name, named) => {
    const github = createServer((_request, response) => {
      const now = Math.floor(Date.now() / 1000)
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({
          token: `tid=evil;exp=${now + 1500}`,
          expires_at: now + 1500,
          refresh_in: 1200,
          endpoints: { api: named() },
        }),
      )
    })
    await new Promise<void>((resolve) => {
      github.listen(0, '127.0.0.1', resolve)
    })
    const { port } = github.address() as AddressInfo
    const other = await startHouse({
      environment: {
        GITHUB_COPILOT_API_BASE: '',
        GITHUB_COPILOT_API_KEY_URL: `http://127.0.0.1:${port}/copilot_internal/v2/token`,
        JETWAY_ANOMALY_STOP: 'off',
      },
    })
    try {
      const answer = await fetch(`${other.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${other.key}` },
        body: JSON.stringify({ model: 'gpt-4o', messages }),
        signal: AbortSignal.timeout(20_000),
      })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(heard).toEqual([])
      expect(other.log()).not.toContain('tid=evil')
    } finally {
      await other.stop()
      github.closeAllConnections()
      github.close()
    }
  })
})
