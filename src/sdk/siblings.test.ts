import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { emulated } from './__fixtures__/emulated.ts'
import type { Emulated } from './__fixtures__/emulated.ts'
import type { JetwayClient } from './client.ts'
import { createCopilot } from './create-copilot.ts'
import type { DeviceCode } from './house.ts'

let house: Emulated
let client: JetwayClient

beforeAll(async () => {
  house = await emulated({ deviceInterval: 1, autoApproveAfterPolls: 1 })
  client = createCopilot({ environment: house.environment, signIn: 'never' })
})

afterAll(async () => {
  await client.close()
  await house[Symbol.asyncDispose]()
})

beforeEach(() => {
  house.emulator.control.requests.clear()
})

const HELLO = [{ role: 'user', content: 'Say hello' }] as const

describe('beside completion', () => {
  test('embedding: numbers for one text and for several', async () => {
    const one = await client.embedding({ model: 'text-embedding-3-small', input: 'a river' })
    expect(one.data).toHaveLength(1)
    expect(one.data[0]?.embedding.every((value) => typeof value === 'number')).toBe(true)
    const two = await client.embedding({ model: 'text-embedding-3-small', input: ['a', 'b'] })
    expect(two.data.map(({ index }) => index)).toEqual([0, 1])
    expect(two.usage.total_tokens).toBeGreaterThan(0)
  })

  test('listModels: names, wires and limits of the live catalogue', async () => {
    const models = await client.listModels()
    const claude = models.find(({ id }) => id === 'claude-haiku-4.5')
    expect(claude).toMatchObject({ provider: 'github_copilot', vendor: 'Anthropic', kind: 'chat' })
    expect(claude?.wires).toContain('messages')
    expect(claude?.limits.context_tokens).toBeGreaterThan(100_000)
    expect(new Set(models.map(({ id }) => id)).size).toBe(models.length)
  })

  test('getQuota: what is left, by the names GitHub uses', async () => {
    const quota = await client.getQuota()
    expect(quota.login).toBe('octo')
    expect(quota.quotas['premium_interactions']).toMatchObject({
      unlimited: false,
      entitlement: expect.any(Number) as number,
      remaining: expect.any(Number) as number,
    })
  })
})

describe('signing in at the first call', () => {
  test('one code serves every call that waits, and is stored for the next client', async () => {
    const codes: DeviceCode[] = []
    const options = {
      environment: house.unsigned,
      onDeviceCode: (code: DeviceCode) => codes.push(code),
    }
    await using first = createCopilot(options)
    const answers = await Promise.all([
      first.completion({ messages: HELLO }),
      first.completion({ messages: HELLO }),
      first.listModels(),
    ])
    expect(answers).toHaveLength(3)
    expect(codes).toHaveLength(1)
    expect(codes[0]?.user_code).toMatch(/^[\w-]{4,}$/)
    expect(codes[0]?.expires_in).toBeGreaterThan(0)
    await using second = createCopilot(options)
    await second.completion({ messages: HELLO })
    expect(codes).toHaveLength(1)
  })
})

describe('many calls of one client', () => {
  test('share one exchange of the token', async () => {
    await using fresh = createCopilot({ environment: house.environment })
    const before = house.emulator.control.counters.read().exchanges
    await Promise.all(Array.from({ length: 20 }, () => fresh.completion({ messages: HELLO })))
    expect(house.emulator.control.counters.read().exchanges - before).toBe(1)
  })

  test('retries are counted by the caller', async () => {
    const { control } = house.emulator
    control.faults.add({ on: { route: 'chat' }, times: 2, do: { kind: 'reply', status: 503 } })
    await client.completion({ messages: HELLO, num_retries: 3 })
    expect(control.requests.list({ route: 'chat' }).map(({ status }) => status)).toEqual([
      503, 503, 200,
    ])
    control.faults.clear()
  })

  test('another model answers where the first one fails', async () => {
    const { control } = house.emulator
    control.faults.add({
      on: { route: 'chat', model: 'gpt-4.1' },
      do: { kind: 'reply', status: 500 },
    })
    const answer = await client.completion({
      model: 'github_copilot/gpt-4.1',
      messages: HELLO,
      num_retries: 0,
      fallbacks: ['github_copilot/gpt-4o'],
    })
    expect(answer.choices[0]?.message.content).not.toBe('')
    expect(control.requests.list({ route: 'chat' }).map(({ model }) => model)).toEqual([
      'gpt-4.1',
      'gpt-4o',
    ])
    control.faults.clear()
  })

  test('a call that takes too long is a timeout', async () => {
    const { control } = house.emulator
    control.faults.add({ on: { route: 'chat' }, do: { kind: 'stall' } })
    const failing = client.completion({ messages: HELLO, timeout: 0.2, num_retries: 0 })
    await expect(failing).rejects.toMatchObject({ name: 'Timeout' })
    const [request] = await control.requests.waitFor({ filter: { route: 'chat' } })
    expect(request?.outcome).toBe('aborted')
    control.faults.clear()
  })
})

describe('litellm_proxy/…', () => {
  interface Seen {
    readonly path: string | undefined
    readonly headers: IncomingHttpHeaders
    readonly body: { readonly model?: string }
  }
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(pieces).toString()) as Seen['body']
      seen.push({ path: request.url, headers: request.headers, body })
      const message = { role: 'assistant', content: 'from the proxy', refusal: null }
      const choices = [{ index: 0, message, finish_reason: 'stop', logprobs: null }]
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices }),
      )
    })
  })
  let base = ''

  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.close()
    server.closeAllConnections()
  })

  test("the documentation's example: the proxy gets the name behind the prefix, the key and the headers", async () => {
    const response = await client.completion({
      model: 'litellm_proxy/github_copilot/gpt-4',
      messages: [{ role: 'user', content: 'Review this code for bugs' }],
      api_base: base,
      api_key: 'your-proxy-api-key',
      extra_headers: {
        'editor-version': 'vscode/1.85.1',
        'Copilot-Integration-Id': 'vscode-chat',
      },
    })
    expect(response.choices[0]?.message.content).toBe('from the proxy')
    const last = seen.at(-1)
    expect(last?.path).toBe('/v1/chat/completions')
    expect(last?.body.model).toBe('github_copilot/gpt-4')
    expect(last?.headers).toMatchObject({
      authorization: 'Bearer your-proxy-api-key',
      'editor-version': 'vscode/1.85.1',
      'copilot-integration-id': 'vscode-chat',
    })
  })

  test('base and key may come from the environment', async () => {
    await using proxied = createCopilot({
      environment: {
        ...house.unsigned,
        LITELLM_PROXY_API_BASE: base,
        LITELLM_PROXY_API_KEY: 'sk-env',
      },
    })
    await proxied.completion({ model: 'litellm_proxy/any', messages: HELLO })
    expect(seen.at(-1)?.headers.authorization).toBe('Bearer sk-env')
  })
})
