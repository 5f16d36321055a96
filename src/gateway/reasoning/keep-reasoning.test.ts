import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../core/default-settings.ts'
import type { JsonObject } from '../../core/json.ts'
import { startDemoGateway } from '../__fixtures__/start-demo-gateway.ts'
import type { DemoGateway, DemoOptions } from '../__fixtures__/start-demo-gateway.ts'
import { post } from '../__fixtures__/start-test-gateway.ts'

const tools = [
  { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } },
]
const question = { role: 'user', content: 'Call look {}' }

interface Message {
  readonly content: string | null
  readonly tool_calls?: readonly { readonly id: string }[]
  readonly reasoning_opaque?: string
  readonly reasoning_text?: string
}

function ask(
  demo: DemoGateway,
  model: string,
  messages: readonly unknown[],
  stream: boolean,
  headers: Record<string, string> = {},
) {
  const body = { model, messages, tools, stream, reasoning_effort: 'high' }
  return post(demo.url, '/v1/chat/completions', body, headers)
}

/** The answer's message, as a client puts it together that knows every field. */
function messageOf(text: string, stream: boolean): Message {
  if (!stream) {
    const { choices } = JSON.parse(text) as { choices: { message: Message }[] }
    return choices[0]?.message as Message
  }
  const whole: Record<string, unknown> = { content: null }
  const calls: Record<string, unknown>[] = []
  for (const [, data = ''] of text.matchAll(/^data: (\{.*)$/gm)) {
    const { choices } = JSON.parse(data) as { choices: { delta: JsonObject }[] }
    const delta = choices[0]?.delta ?? {}
    for (const name of ['reasoning_opaque', 'reasoning_text']) {
      if (delta[name] !== undefined)
        whole[name] = `${(whole[name] as string) ?? ''}${delta[name] as string}`
    }
    for (const call of (delta['tool_calls'] ?? []) as JsonObject[]) {
      if (call['id'] !== undefined)
        calls.push({ ...call, function: { name: 'look', arguments: '{}' } })
    }
  }
  return { ...whole, tool_calls: calls } as unknown as Message
}

/** What such a client sends back that does not. */
function forgetful({ tool_calls }: Message): JsonObject {
  return { role: 'assistant', content: null, refusal: null, tool_calls } as unknown as JsonObject
}

const resultOf = ({ tool_calls }: Message) => ({
  role: 'tool',
  tool_call_id: tool_calls?.[0]?.id,
  content: 'A door.',
})

function lastBody({ emulator }: DemoGateway): string {
  const asked = emulator.control.requests
    .list()
    .filter(({ route }) => ['chat', 'responses', 'messages'].includes(route))
  return JSON.stringify(asked.at(-1)?.body)
}

function start(options: DemoOptions = {}): Promise<DemoGateway> {
  return startDemoGateway({ emulator: { recordBodies: true }, ...options })
}

describe.each([true, false])('stream %s', (stream) => {
  test.each([
    ['claude-sonnet-4.6', 'chat', '"reasoning_opaque":'],
    ['gpt-5.4', 'responses', '"encrypted_content":'],
  ])('%s gets its reasoning back over %s', async (model, wire, seal) => {
    await using demo = await start()
    const first = await ask(demo, model, [question], stream)
    expect(first.headers['x-jetway-wire']).toBe(wire)
    const message = messageOf(first.text, stream)
    expect(message.reasoning_opaque).toBeTruthy()
    const second = await ask(demo, model, [question, forgetful(message), resultOf(message)], stream)
    expect(second.status).toBe(200)
    expect(second.headers['x-jetway-degraded']).toBeUndefined()
    expect(lastBody(demo)).toContain(seal)
    if (wire === 'chat') expect(lastBody(demo)).toContain(message.reasoning_opaque)
  })
})

test('what a client sends itself stays as it is', async () => {
  await using demo = await start()
  const model = 'claude-sonnet-4.6'
  const message = messageOf((await ask(demo, model, [question], false)).text, false)
  const own = {
    ...forgetful(message),
    reasoning_opaque: message.reasoning_opaque,
    reasoning_text: 'mine',
  }
  await ask(demo, model, [question, own, resultOf(message)], false)
  expect(lastBody(demo)).toContain('"reasoning_text":"mine"')
})

test('another model, another key and another call get nothing', async () => {
  await using demo = await start({
    emulator: { recordBodies: true },
    gateway: {
      masterKey: 'sk-master',
      extend: () =>
        Promise.resolve({
          authenticator: {
            authenticate: ([key = 'none']) => ({ kind: 'key', keyId: key, seat: 'own' }),
          },
        }),
    },
  })
  const model = 'claude-sonnet-4.6'
  const [ada, bob] = [{ 'x-api-key': 'ada' }, { 'x-api-key': 'bob' }]
  const message = messageOf((await ask(demo, model, [question], false, ada)).text, false)
  const turns = [question, forgetful(message), resultOf(message)]
  for (const [asked, key] of [
    [model, bob],
    ['claude-sonnet-4.5', ada],
  ] as const) {
    expect((await ask(demo, asked, turns, false, key)).status).toBe(200)
    expect(lastBody(demo)).not.toContain('reasoning_opaque')
  }
  const other = JSON.parse(
    JSON.stringify(turns).replaceAll(message.tool_calls?.[0]?.id ?? '', 'call_0'),
  ) as unknown[]
  expect((await ask(demo, model, other, false, ada)).status).toBe(200)
  expect(lastBody(demo)).not.toContain('reasoning_opaque')
  expect((await ask(demo, model, turns, false, ada)).status).toBe(200)
  expect(lastBody(demo)).toContain('reasoning_opaque')
})

test('where nothing is to be kept, nothing is', async () => {
  const { gateway } = DEFAULT_SETTINGS
  const settings = {
    ...DEFAULT_SETTINGS,
    gateway: { ...gateway, port: 0, responses: { ...gateway.responses, keepMs: 0 } },
  }
  await using demo = await start({ emulator: { recordBodies: true }, gateway: { settings } })
  const model = 'claude-sonnet-4.6'
  const message = messageOf((await ask(demo, model, [question], true)).text, true)
  await ask(demo, model, [question, forgetful(message), resultOf(message)], true)
  expect(lastBody(demo)).not.toContain('reasoning_opaque')
})
