import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../core/clock.ts'
import type { Draft, Upstream } from '../core/upstream.ts'
import { createTransport } from '../transport/transport.ts'
import { createLiteLlmProxy, createOpenAi } from './compatible.ts'
import { permissiveModel } from './permissive-model.ts'

const never = new AbortController().signal
const transport = createTransport()
const asked: IncomingMessage[] = []
let server: Server
let proxy: Upstream

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request)
    if (request.headers.authorization !== 'Bearer sk-right') {
      response.writeHead(401).end('{"error":{"message":"litellm.AuthenticationError: no"}}')
      return
    }
    response.end('{"data":[{"id":"gpt-4o","owned_by":"x"},{"id":7},"odd",{"id":"claude"}]}')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const env = {
    LITELLM_PROXY_API_BASE: `http://127.0.0.1:${port}`,
    LITELLM_PROXY_API_KEY: 'sk-right',
  }
  proxy = createLiteLlmProxy({ http: transport, clock: systemClock, env })
})

afterAll(async () => {
  await transport.destroy()
  server.closeAllConnections()
  server.close()
})

function draft(changes: Partial<Draft> = {}): Draft {
  return {
    model: permissiveModel('m', 'p', ['chat']),
    wire: 'chat',
    body: { model: 'm' },
    facts: {
      model: 'm',
      stream: false,
      lastTurn: 'user',
      lastTurnReason: 'a person',
      hasImages: false,
    },
    callerHeaders: new Map(),
    extraHeaders: {},
    access: {
      origin: 'http://x',
      basePath: '/v1',
      authorization: {},
      credential: 'key',
      generation: 0,
    },
    requestId: 'r1',
    attempt: 1,
    stream: false,
    dropParams: false,
    lessons: [],
    ...changes,
  }
}

describe('models', () => {
  test('are listed as they come, what is no entry left out', async () => {
    const models = await proxy.listModels({ seat: 'own' }, never)
    expect(models.map((model) => model.id)).toEqual(['gpt-4o', 'claude'])
    expect(models[0]?.raw).toEqual({ id: 'gpt-4o', owned_by: 'x' })
    expect(asked.at(-1)?.url).toBe('/v1/models')
  })

  test('are not asked for again within a minute, but for another key they are', async () => {
    const before = asked.length
    await proxy.listModels({ seat: 'own' }, never)
    expect(asked).toHaveLength(before)
    await expect(
      proxy.listModels({ seat: 'own', apiKey: 'sk-wrong' }, never),
    ).rejects.toMatchObject({
      name: 'AuthenticationError',
      message: 'no',
    })
    expect(asked).toHaveLength(before + 1)
  })

  test('that are not listed can be called', async () => {
    const model = await proxy.findModel('github_copilot/gpt-4o', { seat: 'own' }, never)
    expect(model).toMatchObject({ id: 'github_copilot/gpt-4o' })
    expect(model?.wires).toEqual(['chat', 'responses', 'messages', 'embeddings'])
  })
})

describe('headers', () => {
  const caller = new Map([
    ['editor-version', 'vscode/1.85.1'],
    ['copilot-integration-id', 'vscode-chat'],
    ['vscode-sessionid', 's'],
    ['anthropic-beta', 'b'],
    ['x-litellm-tags', 't'],
    ['x-litellm-api-key', 'sk-client'],
    ['user-agent', 'curl/8'],
    ['x-private', 'p'],
  ])

  test('of the caller’s editor go on to another gateway, keys and the rest do not', () => {
    const { headers } = proxy.prepare(draft({ callerHeaders: caller }))
    expect(headers).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
      'x-request-id': 'r1',
      'editor-version': 'vscode/1.85.1',
      'copilot-integration-id': 'vscode-chat',
      'vscode-sessionid': 's',
      'anthropic-beta': 'b',
      'x-litellm-tags': 't',
    })
  })

  test('none go to OpenAI, but for those that were configured', () => {
    const openai = createOpenAi({ http: transport, clock: systemClock, env: {} })
    const { headers } = openai.prepare(
      draft({ callerHeaders: caller, extraHeaders: { 'openai-organization': 'org' } }),
    )
    expect(Object.keys(headers)).toEqual([
      'content-type',
      'accept',
      'x-request-id',
      'openai-organization',
    ])
  })
})

describe('body', () => {
  test('a stream is asked for its usage, and says why', () => {
    const body = { model: 'm', stream: true, stream_options: { other: 1 } }
    const { edits, rewrites } = proxy.prepare(draft({ stream: true, body }))
    expect([...edits]).toEqual([['stream_options', { other: 1, include_usage: true }]])
    expect(rewrites).toHaveLength(1)
  })

  test('a stream that asks for it is left alone, and a whole answer has no such thing', () => {
    const body = { stream: true, stream_options: { include_usage: true } }
    expect(proxy.prepare(draft({ stream: true, body })).edits.size).toBe(0)
    expect(proxy.prepare(draft()).edits.size).toBe(0)
  })

  test('a learned name is used from then on', async () => {
    const body = { model: 'm', max_tokens: 5 }
    expect(proxy.prepare(draft({ body })).edits.size).toBe(0)
    const lesson = {
      kind: 'rename-parameter',
      from: 'max_tokens',
      to: 'max_completion_tokens',
      model: 'm',
    } as const
    await proxy.mend(lesson, { seat: 'own' }, draft().access, never)
    const { edits } = proxy.prepare(draft({ body }))
    expect([...edits]).toEqual([
      ['max_tokens', undefined],
      ['max_completion_tokens', 5],
    ])
  })
})

test('a repeated attempt is never the user’s', () => {
  expect(proxy.prepare(draft({ attempt: 2 })).initiator.value).toBe('agent')
  expect(proxy.prepare(draft()).initiator.value).toBe('user')
})
