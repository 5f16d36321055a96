import { describe, expect, test } from 'vitest'
import { asArray, asObject, asString } from '../../src/core/json.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { startDemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'
import type { DemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'
import { post } from '../../src/gateway/__fixtures__/start-test-gateway.ts'

/*
 * Tools of other kinds than functions, from every client that has them to models of every wire: the call comes back as the kind
 * that was offered, and its result is taken.
 */

const GRAMMAR = { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' }
const custom = { type: 'custom', name: 'apply_patch', description: 'Patches.', format: GRAMMAR }
const shell = { type: 'local_shell' }
const look = { type: 'function', name: 'look', parameters: { type: 'object', properties: {} } }
const namespace = { type: 'namespace', name: 'files', tools: [{ ...look, name: 'read' }] }
const MODELS = [
  ['gpt-5.4', 'responses'],
  ['grok-4.6', 'responses'],
  ['gpt-4o', 'chat'],
  ['gemini-2.5-pro', 'chat'],
  ['claude-sonnet-4.6', 'messages'],
] as const

function asked({ emulator }: DemoGateway) {
  return emulator.control.requests
    .list()
    .filter(({ route }) => ['chat', 'responses', 'messages'].includes(route))
}

function start(): Promise<DemoGateway> {
  return startDemoGateway({ emulator: { recordBodies: true } })
}

function respond(demo: DemoGateway, body: JsonObject) {
  return post(demo.url, '/v1/responses', { store: false, ...body })
}

function outputOf(reply: { readonly text: string; readonly json: unknown }, stream: boolean) {
  const response = stream
    ? asObject(
        JSON.parse(/event: response\.completed\ndata: (.*)/.exec(reply.text)?.[1] ?? '{}'),
      )?.['response']
    : reply.json
  return asArray(asObject(response as JsonObject)?.['output']).map((item) => asObject(item) ?? {})
}

describe.each(MODELS)('%s over %s', (model, wire) => {
  test.each([
    ['custom', custom, '[tool: apply_patch *** Begin]', 'custom_tool_call'],
    ['local_shell', shell, 'call local_shell {"command":["ls"]}', 'local_shell_call'],
    ['namespace', namespace, 'call read {}', 'function_call'],
  ] as const)('responses: %s', async (kind, tool, prompt, type) => {
    for (const stream of [false, true]) {
      await using demo = await start()
      const input = [{ role: 'user', content: prompt }]
      const choice =
        kind === 'namespace'
          ? 'required'
          : { type: kind, name: 'name' in tool ? tool.name : undefined }
      const body = { model, stream, tools: [tool], tool_choice: choice } as unknown as JsonObject
      const reply = await respond(demo, { ...body, input })
      expect([reply.status, reply.headers['x-jetway-wire']]).toEqual([200, wire])
      expect(reply.headers['x-jetway-attempts']).toBe('1')
      const call = outputOf(reply, stream).find(
        (item) => item['type'] !== 'reasoning' && item['type'] !== 'message',
      )
      expect(call?.['type']).toBe(type)
      if (kind === 'custom')
        expect(call).toMatchObject({ name: 'apply_patch', input: expect.any(String) as string })
      if (kind === 'local_shell')
        expect(call).toMatchObject({
          action: { type: 'exec', command: expect.any(Array) as string[] },
        })
      if (kind === 'namespace') expect(call).toMatchObject({ name: 'read', namespace: 'files' })
      const result = {
        type: `${type}_output`,
        call_id: asString(call?.['call_id']),
        output: 'Done.',
      }
      const { tool_choice: _, ...free } = body
      const next = await respond(demo, {
        ...free,
        input: [...input, call ?? {}, result],
      })
      expect(next.status).toBe(200)
      expect(JSON.stringify(asked(demo).at(-1)?.body)).toContain('Done.')
    }
  })
})

test.each([
  ['gpt-5.4', 'responses'],
  ['grok-4.6', 'responses'],
  ['gpt-4o', 'chat'],
  ['gemini-2.5-pro', 'chat'],
  ['claude-sonnet-4.6', 'chat'],
])('chat: a custom tool, %s over %s', async (model, wire) => {
  for (const stream of [false, true]) {
    await using demo = await start()
    const { name, description } = custom
    const reply = await post(demo.url, '/v1/chat/completions', {
      model,
      stream,
      messages: [{ role: 'user', content: '[tool: apply_patch *** Begin]' }],
      tools: [{ type: 'custom', custom: { name, description } }],
      tool_choice: { type: 'custom', custom: { name } },
    })
    expect([reply.status, reply.headers['x-jetway-wire']]).toEqual([200, wire])
    expect(reply.headers['x-jetway-attempts']).toBe('1')
    expect(reply.text).toContain('"custom":{')
    expect(reply.text).not.toContain('"function":{')
  }
})

test('a model that refuses custom tools gets functions, and is asked so from then on', async () => {
  await using demo = await start()
  const refuse = {
    kind: 'reply',
    status: 400,
    body: {
      error: {
        message: 'The requested tool custom is not supported.',
        code: 'invalid_request_body',
      },
    },
  } as const
  demo.emulator.control.faults.add({ on: { route: 'responses' }, times: 1, do: refuse })
  const body = { model: 'gpt-5.4', input: '[tool: apply_patch x]', tools: [custom, look] }
  const first = await respond(demo, body)
  expect(first.status).toBe(200)
  expect(first.headers).toMatchObject({
    'x-jetway-attempts': '2',
    'x-jetway-degraded': 'custom_tools',
  })
  expect(outputOf(first, false).some(({ type }) => type === 'custom_tool_call')).toBe(true)
  const second = await respond(demo, body)
  expect(second.headers).toMatchObject({
    'x-jetway-attempts': '1',
    'x-jetway-degraded': 'custom_tools',
  })
})
