import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { AuthenticationError, JetwayError, NotFoundError, RateLimitError } from '../core/errors.ts'
import type { RecordedRequest } from '../emulator/index.ts'
import { emulated } from './__fixtures__/emulated.ts'
import type { Emulated } from './__fixtures__/emulated.ts'
import { streamChunkBuilder } from './chunk-builder.ts'
import type { JetwayClient } from './client.ts'
import { createCopilot } from './create-copilot.ts'
import {
  completion,
  embedding,
  getQuota,
  listModels,
  messages,
  responses,
} from './default-client.ts'
import type { ChatCompletionChunk } from './types/chat.ts'

let house: Emulated
let client: JetwayClient

beforeAll(async () => {
  house = await emulated()
  client = createCopilot({ environment: house.environment, signIn: 'never' })
})

afterAll(async () => {
  await client.close()
  await house[Symbol.asyncDispose]()
})

beforeEach(() => {
  house.emulator.control.requests.clear()
  house.emulator.control.faults.clear()
})

const HELLO = [{ role: 'user', content: 'Say hello' }] as const

function asked(path: string): RecordedRequest[] {
  return house.emulator.control.requests.list().filter((request) => request.path === path)
}

function lastChat(): { readonly headers: RecordedRequest['headers']; readonly body: unknown } {
  const last = asked('/chat/completions').at(-1)
  if (!last) throw new Error('nothing was asked')
  return { headers: last.headers, body: last.body }
}

describe('completion', () => {
  test("the documentation's example: editor headers arrive as the caller wrote them", async () => {
    const response = await client.completion({
      model: 'github_copilot/gpt-4',
      messages: [
        { role: 'user', content: 'Write a Python function to calculate fibonacci numbers' },
      ],
      extra_headers: {
        'editor-version': 'vscode/1.85.1',
        'Copilot-Integration-Id': 'vscode-chat',
      },
    })
    expect(response.object).toBe('chat.completion')
    expect(response.choices[0]?.message.content).toContain('fibonacci')
    expect(lastChat().headers).toMatchObject({
      'editor-version': 'vscode/1.85.1',
      'copilot-integration-id': 'vscode-chat',
    })
  })

  test("the documentation's streamed example", async () => {
    const stream = await client.completion({
      model: 'github_copilot/gpt-4',
      messages: [{ role: 'user', content: 'Explain async/await in Python' }],
      stream: true,
      extra_headers: {
        'editor-version': 'vscode/1.85.1',
        'Copilot-Integration-Id': 'vscode-chat',
      },
    })
    const chunks: ChatCompletionChunk[] = []
    let text = ''
    for await (const chunk of stream) {
      chunks.push(chunk)
      text += chunk.choices[0]?.delta.content ?? ''
    }
    expect(chunks.length).toBeGreaterThan(3)
    expect(chunks.every(({ choices }) => choices.length > 0)).toBe(true)
    expect(streamChunkBuilder(chunks).choices[0]?.message.content).toBe(text)
    expect(text).not.toBe('')
  })

  test('what is left out has its default; what is said stays', async () => {
    await client.completion({ messages: HELLO })
    expect(lastChat().body).toMatchObject({
      model: 'gpt-4o',
      temperature: 0,
      top_p: 1,
      max_tokens: 4096,
    })
    await client.completion({ messages: HELLO, temperature: 0.7, max_tokens: 5 })
    expect(lastChat().body).toMatchObject({ temperature: 0.7, max_tokens: 5, top_p: 1 })
  })

  test('how an answer came is beside it, and not in it', async () => {
    const answer = await client.completion({ messages: HELLO })
    expect(answer._response.status).toBe(200)
    expect(answer._response.request_id).toBe(answer._response.headers['x-request-id'])
    expect(JSON.stringify(answer)).not.toContain('_response')
    const stream = await client.completion({ messages: HELLO, stream: true })
    expect(stream._response.status).toBe(200)
    await stream.text()
  })

  test('the whole answer of a stream is the answer', async () => {
    const whole = await client.completion({ messages: HELLO })
    const streamed = await client.completion({ messages: HELLO, stream: true })
    const final = await streamed.final()
    expect(final.choices[0]?.message.content).toBe(whole.choices[0]?.message.content)
    expect(final.choices[0]?.finish_reason).toBe('stop')
  })

  test('usage comes in a last chunk when it is asked for', async () => {
    const stream = await client.completion({
      messages: HELLO,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks: ChatCompletionChunk[] = []
    for await (const chunk of stream) chunks.push(chunk)
    const empty = chunks.filter(({ choices }) => choices.length === 0)
    expect(empty).toHaveLength(1)
    expect(chunks.at(-1)).toBe(empty[0])
    expect(empty[0]?.usage?.total_tokens).toBeGreaterThan(0)
  })

  test('leaving the loop ends the request upstream', async () => {
    house.emulator.control.settings.set({ pace: 20 })
    try {
      const stream = await client.completion({
        messages: [{ role: 'user', content: 'Explain rivers at length' }],
        stream: true,
      })
      for await (const _ of stream) break
      const [request] = await house.emulator.control.requests.waitFor({
        filter: { path: '/chat/completions' },
      })
      expect(request).toMatchObject({ outcome: 'aborted' })
    } finally {
      house.emulator.control.settings.set({ pace: 0 })
    }
  })

  test("the caller's signal ends the call, and its reason is thrown", async () => {
    house.emulator.control.settings.set({ pace: 20 })
    try {
      const controller = new AbortController()
      const stream = await client.completion({
        messages: [{ role: 'user', content: 'Explain rivers at length' }],
        stream: true,
        signal: controller.signal,
      })
      const reading = (async () => {
        for await (const _ of stream) controller.abort(new Error('enough'))
      })()
      await expect(reading).rejects.toThrow('enough')
      const [request] = await house.emulator.control.requests.waitFor({
        filter: { path: '/chat/completions' },
      })
      expect(request).toMatchObject({ outcome: 'aborted' })
      await expect(
        client.completion({ messages: HELLO, signal: controller.signal }),
      ).rejects.toThrow('enough')
    } finally {
      house.emulator.control.settings.set({ pace: 0 })
    }
  })
})

describe("the package's own functions", () => {
  test('share one client, made from the environment at the first call', async () => {
    for (const [name, value] of Object.entries(house.environment)) vi.stubEnv(name, value)
    try {
      const before = house.emulator.control.counters.read().exchanges
      const whole = await completion({ messages: HELLO })
      expect(whole.choices[0]?.message.content).not.toBe('')
      const streamed = await completion({ messages: HELLO, stream: true })
      expect(await streamed.text()).toBe(whole.choices[0]?.message.content)
      expect((await listModels()).length).toBeGreaterThan(3)
      expect((await getQuota()).login).toBe('octo')
      const { data } = await embedding({ model: 'text-embedding-3-small', input: 'x' })
      expect(data).toHaveLength(1)
      const model = 'claude-haiku-4.5'
      expect((await messages({ model, messages: HELLO })).type).toBe('message')
      expect((await responses({ model, input: 'say: hi' })).output_text).toBe('hi')
      expect(house.emulator.control.counters.read().exchanges - before).toBe(1)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

describe('the logger', () => {
  test('hears of each call, and of nothing that was said in it', async () => {
    const lines: [string, object | undefined][] = []
    await using told = createCopilot({
      environment: house.environment,
      logger: { info: (message, fields) => lines.push([message, fields]) },
    })
    const secret = 'a sentence nobody else may read'
    await told.completion({ messages: [{ role: 'user', content: secret }] })
    expect(lines).toContainEqual(['call', expect.objectContaining({ status: 200 })])
    expect(JSON.stringify(lines)).not.toContain(secret)
    expect(JSON.stringify(lines)).not.toContain(house.environment['COPILOT_OAUTH_TOKEN'])
  })
})

describe('extra headers', () => {
  test('any name goes through, and wins whatever its case', async () => {
    await client.completion({
      messages: HELLO,
      extra_headers: { 'X-Mine': 'kept', 'Editor-Plugin-Version': 'copilot/1.155.0' },
    })
    const { headers } = lastChat()
    expect(headers['x-mine']).toBe('kept')
    expect(headers['editor-plugin-version']).toBe('copilot/1.155.0')
  })
})

describe('failures are classes', () => {
  test('an unknown model', async () => {
    const failing = client.completion({ model: 'github_copilot/gpt-nonsense', messages: HELLO })
    await expect(failing).rejects.toThrow(NotFoundError)
    const error = await failing.catch((thrown: unknown) => thrown as JetwayError)
    expect(error).toBeInstanceOf(JetwayError)
    expect(error).toMatchObject({
      status: 404,
      model: 'github_copilot/gpt-nonsense',
      request_id: expect.any(String) as string,
    })
    expect(asked('/chat/completions')).toEqual([])
  })

  test('a rate limit, without retries', async () => {
    house.emulator.control.faults.add({
      on: { route: 'chat' },
      do: { kind: 'error', name: 'rate_limited' },
    })
    const failing = client.completion({ messages: HELLO, num_retries: 0 })
    await expect(failing).rejects.toThrow(RateLimitError)
  })

  const broken = {
    reset: { kind: 'reset', after: 2 },
    cut: { kind: 'cut', after: 2 },
    'stream-error': { kind: 'stream-error', after: 2 },
  } as const
  const input = 'Say hello'
  const ask = [...HELLO]
  const streams = {
    chat: () => client.completion({ messages: ask, stream: true }),
    responses: () => client.responses({ model: 'gpt-5.4', input, stream: true }),
    messages: () => client.messages({ model: 'claude-sonnet-4.5', messages: ask, stream: true }),
  }
  const models = { chat: 'gpt-4o', responses: 'gpt-5.4', messages: 'claude-sonnet-4.5' } as const
  for (const [fault, action] of Object.entries(broken)) {
    for (const route of ['chat', 'responses', 'messages'] as const) {
      test(`${fault} inside a stream of ${route}: the error names its call`, async () => {
        house.emulator.control.faults.add({ on: { route }, times: 1, do: action })
        const stream = await streams[route]()
        const failing = stream.final()
        await expect(failing).rejects.toThrow(JetwayError)
        await expect(failing).rejects.toMatchObject({
          llm_provider: 'github_copilot',
          model: models[route],
          request_id: stream._response.request_id,
        })
      })
    }
  }

  test('a stall inside a stream: the timeout names its call', async () => {
    const stall = { kind: 'stall', after: 2 } as const
    house.emulator.control.faults.add({ on: { route: 'chat' }, times: 1, do: stall })
    const stream = await client.completion({ messages: HELLO, stream: true, stream_timeout: 0.2 })
    await expect(stream.final()).rejects.toMatchObject({
      name: 'Timeout',
      llm_provider: 'github_copilot',
      model: 'gpt-4o',
      request_id: stream._response.request_id,
    })
  })

  test('nobody is signed in: at once, and with how to', async () => {
    await using unsigned = createCopilot({ environment: house.unsigned, signIn: 'never' })
    const failing = unsigned.completion({ messages: HELLO })
    await expect(failing).rejects.toThrow(AuthenticationError)
    await expect(failing).rejects.toThrow('jetway login')
    await expect(unsigned.listModels()).rejects.toThrow('jetway login')
    await expect(unsigned.getQuota()).rejects.toThrow('jetway login')
  })
})
