import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import type { RecordedRequest } from '../emulator/index.ts'
import type { CallRecord } from '../core/ledger.ts'
import type { LogFields } from '../core/log.ts'
import { startDemoGateway } from './__fixtures__/start-demo-gateway.ts'
import type { DemoGateway, DemoOptions } from './__fixtures__/start-demo-gateway.ts'
import { post, send } from './__fixtures__/start-test-gateway.ts'
import { createGateway } from './index.ts'

const MESSAGES = [{ role: 'user' as const, content: 'How do I reverse a string in Go?' }]
const KEY = 'sk-jetway-test'

let open: DemoGateway[] = []

afterEach(async () => {
  await Promise.all(open.map((demo) => demo[Symbol.asyncDispose]()))
  open = []
})

async function start(options?: DemoOptions): Promise<DemoGateway> {
  const demo = await startDemoGateway(options)
  open.push(demo)
  return demo
}

function client({ url }: DemoGateway, options: { headers?: Record<string, string> } = {}): OpenAI {
  return new OpenAI({
    baseURL: `${url}/v1`,
    apiKey: KEY,
    maxRetries: 0,
    ...(options.headers ? { defaultHeaders: options.headers } : {}),
  })
}

function upstream({ emulator }: DemoGateway, route = 'chat'): RecordedRequest[] {
  return emulator.control.requests.list({ route })
}

describe('the official OpenAI client', () => {
  test('a whole answer, its usage and its id', async () => {
    const demo = await start({ gateway: { masterKey: KEY } })
    const { data, response } = await client(demo)
      .chat.completions.create({ model: 'github_copilot/gpt-4o', messages: MESSAGES })
      .withResponse()
    expect(data.object).toBe('chat.completion')
    expect(data.choices[0]?.message.content).toContain('reverse a string')
    expect(data.usage?.total_tokens).toBeGreaterThan(0)
    expect(response.headers.get('x-jetway-wire')).toBe('chat')
    expect(upstream(demo)[0]).toMatchObject({ model: 'gpt-4o', gate: 'passed', initiator: 'user' })
  })

  test('a stream; only when usage is asked for is there a chunk without choices, the last', async () => {
    const demo = await start()
    for (const include_usage of [true, false]) {
      const stream = await client(demo).chat.completions.create({
        model: 'gpt-4o',
        messages: MESSAGES,
        stream: true,
        stream_options: { include_usage },
      })
      const chunks: OpenAI.ChatCompletionChunk[] = []
      for await (const chunk of stream) chunks.push(chunk)
      const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
      expect(text).toContain('reverse a string')
      const bare = chunks.filter((chunk) => chunk.choices.length === 0)
      expect(bare).toHaveLength(include_usage ? 1 : 0)
      if (include_usage) expect(chunks.at(-1)).toMatchObject({ choices: [], usage: {} })
    }
  })

  test('models, one model, and one that is not there', async () => {
    const demo = await start()
    const openai = client(demo)
    const ids: string[] = []
    for await (const model of openai.models.list()) ids.push(model.id)
    expect(ids).toContain('gpt-4o')
    expect(await openai.models.retrieve('gpt-4o')).toMatchObject({ id: 'gpt-4o', object: 'model' })
    expect(await openai.models.retrieve('github_copilot/gpt-4o')).toMatchObject({ id: 'gpt-4o' })
    await expect(openai.models.retrieve('gpt-0')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  })

  test('embeddings and legacy completions', async () => {
    const demo = await start()
    const openai = client(demo)
    const { data } = await openai.embeddings.create({
      model: 'text-embedding-3-small',
      input: ['one', 'two'],
    })
    expect(data.map(({ index }) => index)).toEqual([0, 1])
    expect(data[0]?.embedding.length).toBeGreaterThan(0)
    const completion = await openai.completions.create({ model: 'gpt-4o', prompt: 'Say hi' })
    expect(completion.choices[0]?.text).not.toBe('')
  })

  test('its error classes: key, model, request, limit', async () => {
    const demo = await start({ gateway: { masterKey: KEY } })
    const wrong = new OpenAI({ baseURL: `${demo.url}/v1`, apiKey: 'sk-other', maxRetries: 0 })
    const ask = (openai: OpenAI, model: string) =>
      openai.chat.completions.create({ model, messages: MESSAGES })
    await expect(ask(wrong, 'gpt-4o')).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
    await expect(ask(client(demo), 'gpt-0')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
    await expect(
      client(demo).chat.completions.create({ model: 'gpt-4o', messages: 'x' as never }),
    ).rejects.toBeInstanceOf(OpenAI.BadRequestError)
    expect(upstream(demo)).toEqual([])
    demo.emulator.control.faults.add({
      on: { route: 'chat' },
      do: { kind: 'reply', status: 429, headers: { 'retry-after': '7' }, body: 'slow down' },
    })
    const limited = client(demo, { headers: { 'x-litellm-num-retries': '0' } })
    await expect(ask(limited, 'gpt-4o')).rejects.toMatchObject({
      status: 429,
      headers: expect.objectContaining({}) as object,
    })
    expect(upstream(demo)).toHaveLength(1)
  })

  test('an abort ends the request upstream', async () => {
    const demo = await start({ emulator: { pace: 20 } })
    const stream = await client(demo).chat.completions.create({
      model: 'gpt-4o',
      messages: MESSAGES,
      stream: true,
    })
    for await (const _chunk of stream) stream.controller.abort()
    const { control } = demo.emulator
    const [ended] = await control.requests.waitFor({ filter: { route: 'chat' } })
    expect(ended?.outcome).toBe('aborted')
  })
})

describe('the examples of LiteLLM’s GitHub Copilot page', () => {
  const EDITOR = { 'editor-version': 'vscode/1.85.1', 'Copilot-Integration-Id': 'vscode-chat' }

  test('its configuration file, and the editor headers, which arrive upstream', async () => {
    const demo = await start()
    const file = join(demo.folder, 'config.yaml')
    await writeFile(
      file,
      'model_list:\n  - model_name: github_copilot/gpt-4\n    litellm_params:\n      model: github_copilot/gpt-4\n',
    )
    const gateway = await createGateway({
      config: file,
      port: 0,
      masterKey: KEY,
      watch: false,
      environment: environmentOf(demo),
    })
    const openai = new OpenAI({ baseURL: gateway.url, apiKey: KEY, maxRetries: 0 })
    const answer = await openai.chat.completions.create(
      { model: 'github_copilot/gpt-4', messages: MESSAGES },
      { headers: EDITOR },
    )
    expect(answer.choices[0]?.message.content).not.toBe('')
    expect(upstream(demo)[0]).toMatchObject({
      model: 'gpt-4',
      headers: { 'editor-version': 'vscode/1.85.1', 'copilot-integration-id': 'vscode-chat' },
    })
    const listed = await openai.models.list()
    expect(listed.data.map(({ id }) => id)).toEqual(['github_copilot/gpt-4'])
    await gateway.close()
  })

  test('curl’s request; neither the gateway’s key nor a cookie goes on', async () => {
    const demo = await start({ gateway: { masterKey: KEY } })
    const reply = await post(
      demo.url,
      '/v1/chat/completions',
      { model: 'github_copilot/gpt-4', messages: MESSAGES },
      { Authorization: `Bearer ${KEY}`, ...EDITOR, cookie: 'a=b', 'x-forwarded-for': '1.2.3.4' },
    )
    expect(reply.status).toBe(200)
    const [arrived] = upstream(demo)
    expect(arrived?.headers).toMatchObject({
      'editor-version': 'vscode/1.85.1',
      'copilot-integration-id': 'vscode-chat',
    })
    const everything = JSON.stringify(arrived?.headers)
    expect(everything).not.toContain(KEY)
    expect(everything).not.toContain('a=b')
    expect(everything).not.toContain('1.2.3.4')
  })
})

describe('every dialect reaches a model', () => {
  test.each<[string, object, RegExp]>([
    ['/v1/chat/completions', { model: 'gpt-4o', messages: MESSAGES }, /"chat\.completion"/],
    ['/v1/completions', { model: 'gpt-4o', prompt: 'hi' }, /"text_completion"/],
    [
      '/v1/messages',
      { model: 'claude-sonnet-4-5', max_tokens: 50, messages: MESSAGES },
      /"type":"message"/,
    ],
    ['/messages', { model: 'gpt-4o', max_tokens: 50, messages: MESSAGES }, /"type":"message"/],
    [
      '/v1/messages/count_tokens',
      { model: 'claude-sonnet-4-5', messages: MESSAGES },
      /"input_tokens":\d+/,
    ],
    [
      '/v1beta/models/gpt-4o:generateContent',
      { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
      /"candidates"/,
    ],
    [
      '/v1beta/models/gpt-4o:streamGenerateContent?alt=sse',
      { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
      /^data: \{"candidates"/,
    ],
    [
      '/v1beta/models/gpt-4o:streamGenerateContent',
      { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
      /^\[/,
    ],
    ['/api/chat', { model: 'gpt-4o', messages: MESSAGES, stream: false }, /"done":true/],
    ['/api/generate', { model: 'gpt-4o', prompt: 'hi' }, /"done":false[^]*\n\{[^\n]*"done":true/],
    ['/api/embed', { model: 'text-embedding-3-small', input: 'hi' }, /"embeddings":\[\[/],
  ])('%s', async (path, body, expected) => {
    const demo = await start()
    const reply = await post(demo.url, path, body)
    expect(reply.text).toMatch(expected)
    expect(reply.status).toBe(200)
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['/v1/models', {}, /"object":"list"/],
    ['/models', {}, /"object":"list"/],
    ['/v1/models?limit=1000', { 'anthropic-version': '2023-06-01' }, /"id":"claude-sonnet-4-5"/],
    ['/v1/models/gpt-4o', { 'anthropic-version': '2023-06-01' }, /"created_at":"2024-11-20T/],
    ['/v1/models/gpt-4o', {}, /"created":1732060800/],
    ['/v1beta/models', {}, /"name":"models\/gpt-4o"/],
    ['/v1beta/models/gpt-4o', {}, /"inputTokenLimit":\d+/],
    ['/api/tags', {}, /"model":"gpt-4o"/],
    ['/api/version', {}, /"version":"/],
    ['/health', {}, /"unhealthy_count":0/],
  ])('GET %s with %j', async (path, headers, expected) => {
    const demo = await start()
    const reply = await send(demo.url, path, { headers })
    expect(reply.text).toMatch(expected)
    expect(reply.status).toBe(200)
  })

  test('Ollama’s show says what a model can do', async () => {
    const demo = await start()
    const reply = await post(demo.url, '/api/show', { model: 'gpt-4o:latest' })
    expect(reply.json).toMatchObject({ capabilities: ['completion', 'tools', 'vision'] })
  })

  const loaded = { model: 'gpt-4o', created_at: expect.any(String) as string, done: true }
  const quiet = { message: { role: 'assistant', content: '' } }
  test.each<[string, object, object]>([
    ['/api/generate', {}, { response: '', done_reason: 'load' }],
    ['/api/generate', { prompt: '', stream: false }, { response: '', done_reason: 'load' }],
    ['/api/generate', { keep_alive: 0 }, { response: '', done_reason: 'unload' }],
    ['/api/chat', { messages: [] }, { ...quiet, done_reason: 'load' }],
    ['/api/chat', { messages: [], keep_alive: '0s' }, { ...quiet, done_reason: 'unload' }],
  ])('Ollama’s %s with %j loads and unloads, at no cost', async (path, more, expected) => {
    const demo = await start({ gateway: { masterKey: KEY } })
    const key = { authorization: `Bearer ${KEY}` }
    const reply = await post(demo.url, path, { model: 'gpt-4o:latest', ...more }, key)
    expect(reply.status).toBe(200)
    expect(reply.json).toEqual({ ...loaded, ...expected })
    expect(reply.headers['x-jetway-cost-credits']).toBe('0')
    expect(upstream(demo)).toEqual([])
    const unknown = await post(demo.url, path, { model: 'no-such-model', ...more }, key)
    expect(unknown.status).toBe(404)
    expect(unknown.json).toEqual({ error: expect.stringContaining('no-such-model') as string })
  })

  test.each([
    ['/v1/chat/completions', { error: { message: expect.any(String), type: expect.any(String) } }],
    ['/v1/messages', { type: 'error', error: { type: 'authentication_error' } }],
    ['/v1beta/models/gpt-4o:generateContent', { error: { code: 401, status: 'UNAUTHENTICATED' } }],
    ['/api/chat', { error: expect.any(String) }],
  ])('%s says in its own words that a key is missing', async (path, expected) => {
    const demo = await start({ gateway: { masterKey: KEY } })
    const reply = await post(demo.url, path, {})
    expect(reply.status).toBe(401)
    expect(reply.json).toMatchObject(expected)
  })
})

describe('not signed in', () => {
  const ask = ({ url }: DemoGateway) =>
    post(url, '/v1/chat/completions', { model: 'gpt-4o', messages: MESSAGES })

  test('the gateway starts, lives, and says to each call how to sign in', async () => {
    const demo = await start({ signedIn: false })
    expect((await send(demo.url, '/health/readiness')).status).toBe(200)
    const reply = await ask(demo)
    expect(reply.status).toBe(401)
    expect(reply.text).toContain('jetway login')
  })

  test('while a device flow runs, calls are answered with its page and code', async () => {
    const demo = await start({ signedIn: false })
    const ended = new AbortController()
    const code = await new Promise<string>((resolve) => {
      demo.gateway.copilot
        .signIn({
          signal: ended.signal,
          onCode: ({ userCode }) => {
            resolve(userCode)
          },
        })
        .catch(() => {})
    })
    const reply = await ask(demo)
    expect(reply.status).toBe(401)
    expect(reply.text).toContain(code)
    expect(reply.text).toContain('/login/device')
    ended.abort(new Error('enough'))
  })
})

describe('a configuration file', () => {
  test('a good change counts for the next call, a bad one changes nothing', async () => {
    const demo = await start()
    const file = join(demo.folder, 'config.yaml')
    const entry = (name: string): string =>
      `model_list:\n  - { model_name: ${name}, litellm_params: { model: github_copilot/gpt-4o } }\n`
    await writeFile(file, entry('one'))
    const lines: string[] = []
    const note = (message: string, fields?: LogFields): void => {
      lines.push(`${message} ${JSON.stringify(fields ?? {})}`)
    }
    const gateway = await createGateway({
      config: file,
      port: 0,
      watch: true,
      environment: environmentOf(demo),
      log: { debug: note, info: note, warn: note, error: note },
    })
    const ask = async (model: string): Promise<number> =>
      (await post(gateway.url, '/v1/chat/completions', { model, messages: MESSAGES })).status
    expect(await ask('one')).toBe(200)
    await writeFile(file, entry('two'))
    await gateway.reload()
    expect(await ask('two')).toBe(200)
    await writeFile(file, `${entry('three')}jetway: { keep_alive: never }\n`)
    await gateway.reload()
    expect(await ask('two')).toBe(200)
    expect(gateway.settings().deployments[0]?.modelName).toBe('two')
    expect(lines.join('\n')).toContain(
      'config.yaml:3:23: jetway.keep_alive must be a number of seconds',
    )
    await gateway.close()
  })

  test('settings made in code can be replaced, but not so that the gateway stands open', async () => {
    const demo = await start()
    const settings = demo.gateway.settings()
    const gateway = await createGateway({
      settings: {
        ...settings,
        gateway: { ...settings.gateway, host: '0.0.0.0', masterKey: KEY, port: 0 },
      },
      environment: environmentOf(demo),
    })
    const bare = { ...gateway.settings().gateway, masterKey: undefined }
    expect(() => gateway.configure({ ...settings, gateway: bare })).toThrow(/without a master key/)
    expect(gateway.settings().gateway.masterKey).toBe(KEY)
    await gateway.close()
    await expect(createGateway({ host: '0.0.0.0', port: 0, environment: {} })).rejects.toThrow(
      /without a master key/,
    )
  })

  test('a port that is taken is an error, and nothing is left running', async () => {
    const demo = await start()
    await expect(
      createGateway({ port: demo.gateway.port, environment: environmentOf(demo) }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

test('what happened can be read as metrics and as one log line per call, without a secret', async () => {
  const lines: { message: string; fields: LogFields | undefined }[] = []
  const note = (message: string, fields?: LogFields): void => {
    lines.push({ message, fields })
  }
  const log = { debug: note, info: note, warn: note, error: note }
  const demo = await start({ gateway: { masterKey: KEY, log } })
  const bearer = { authorization: `Bearer ${KEY}`, 'x-request-id': 'r-1' }
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'my secret plan' }] }
  await post(demo.url, '/v1/chat/completions', body, bearer)
  await post(demo.url, '/v1/chat/completions', body)
  const { text } = await send(demo.url, '/metrics')
  expect(text).toContain(
    'jetway_calls_total{dialect="chat",provider="github_copilot",model="gpt-4o",outcome="ok"} 1',
  )
  expect(text).toContain('jetway_refused_requests_total{kind="AuthenticationError"} 1')
  const calls = lines.filter(({ message }) => message === 'call')
  expect(calls).toHaveLength(1)
  expect(calls[0]?.fields).toMatchObject({
    id: 'r-1',
    status: 200,
    model: 'gpt-4o',
    caller: 'master',
  })
  expect(lines.filter(({ message }) => message === 'refused')).toHaveLength(1)
  const said = JSON.stringify(lines) + text
  expect(said).not.toContain(KEY)
  expect(said).not.toContain('secret plan')
  expect(said).not.toContain('ghu_')
})

test('draining lets a stream finish', async () => {
  const demo = await start({ emulator: { pace: 60 } })
  const sent = request(`${demo.url}/v1/chat/completions`, { method: 'POST', agent: false })
  sent.end(JSON.stringify({ model: 'gpt-4o', messages: MESSAGES, stream: true }))
  const [incoming] = (await once(sent, 'response')) as [AsyncIterable<Buffer>]
  const drained = demo.gateway.drain(20_000)
  let text = ''
  for await (const chunk of incoming) text += chunk.toString()
  expect(text).toMatch(/data: \[DONE\]\n\n$/)
  expect(await drained).toEqual({ cut: 0 })
})

test.each([
  ['/v1/chat/completions', { messages: MESSAGES }, /data: \{"error":\{[^\n]*"code":"stopping"/],
  ['/v1/messages', { messages: MESSAGES, max_tokens: 500 }, /event: error\ndata: [^\n]*stopping/],
  ['/v1/responses', { input: 'hi' }, /event: response\.failed\n[^]*stopping/],
  ['/api/chat', { messages: MESSAGES }, /\{"error":"[^\n]*stopping[^\n]*\n$/],
])('a drain that runs out ends a stream of %s with its error event', async (path, body, end) => {
  const records: CallRecord[] = []
  const observers = [{ finished: (record: CallRecord) => void records.push(record) }]
  const extend = () => Promise.resolve({ observers })
  const demo = await start({ emulator: { pace: 20 }, gateway: { extend } })
  const sent = request(`${demo.url}${path}`, { method: 'POST', agent: false })
  sent.end(JSON.stringify({ model: 'gpt-4o', stream: true, ...body }))
  const [incoming] = (await once(sent, 'response')) as [AsyncIterable<Buffer>]
  const drained = demo.gateway.drain(1)
  let text = ''
  for await (const chunk of incoming) text += chunk.toString()
  expect(text).toMatch(end)
  expect(await drained).toEqual({ cut: 1 })
  expect(records).toMatchObject([
    {
      outcome: 'failed',
      status: 200,
      error: { name: 'ServiceUnavailableError', code: 'stopping' },
    },
  ])
})

function environmentOf({ emulator, folder }: DemoGateway): Record<string, string> {
  const { url } = emulator
  return {
    HOME: folder,
    GITHUB_COPILOT_TOKEN_DIR: folder,
    JETWAY_DISCOVERY: 'off',
    GITHUB_COPILOT_API_KEY_URL: `${url}/copilot_internal/v2/token`,
    GITHUB_COPILOT_API_BASE: url,
    COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue({ kind: 'ghu' }).value,
  }
}
